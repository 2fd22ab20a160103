/** Progress in lessons, kept in this browser only; a browser that refuses storage forgets it with the page. */
const PROGRESS = "chatearthnet-explorer.lessons";
const MOST_SECTIONS = 50;

function readProgress() {
  try {
    const all = JSON.parse(localStorage.getItem(PROGRESS) ?? "{}");
    return all && typeof all === "object" && !Array.isArray(all) ? all : {};
  } catch {
    return {};
  }
}

/** The progress of one lesson: which sections are done, and which is open. Whatever else is stored is ignored. */
function progressOf(slug) {
  const one = Object.hasOwn(readProgress(), slug) ? readProgress()[slug] : null;
  const isNumber = (value) => Number.isInteger(value) && value >= 0 && value < MOST_SECTIONS;
  return {
    sections_done: Array.isArray(one?.sections_done) ? [...new Set(one.sections_done.filter(isNumber))] : [],
    position: isNumber(one?.position) ? one.position : 0,
  };
}

function writeProgress(slug, progress) {
  try {
    localStorage.setItem(PROGRESS, JSON.stringify({ ...readProgress(), [slug]: progress }));
  } catch { /* private windows and full disks: the lesson goes on without */ }
}
