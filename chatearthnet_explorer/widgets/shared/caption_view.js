export default { render: (context) => drawCaptions(context, "cen-caption-view", words, mark) };
