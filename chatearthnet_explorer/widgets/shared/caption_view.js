export default { render: (given) => drawCaptions(given, "cen-caption-view", words, mark) };
