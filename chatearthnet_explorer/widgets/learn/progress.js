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

/** Keeps the progress of one lesson; what another tab has done of it stays done. */
function writeProgress(slug, { sections_done, position }) {
  const done = [...new Set([...progressOf(slug).sections_done, ...sections_done])];
  try {
    localStorage.setItem(PROGRESS, JSON.stringify({ ...readProgress(), [slug]: { sections_done: done, position } }));
  } catch { /* private windows and full disks: the lesson goes on without */ }
}

function clearProgress() {
  try { localStorage.removeItem(PROGRESS); } catch { /* there is none */ }
}
