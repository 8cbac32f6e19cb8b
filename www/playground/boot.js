// Starts the playground. The addresses of the built files are filled in by the build.
async function boot() {
  const playground = await import("__PLAYGROUND_JS__");
  await playground.default(fetch("__PLAYGROUND_WASM__"));
  playground.start();
}

// Said in the page, because nobody looks into a browser's log.
function fail() {
  document.getElementById("loading").hidden = true;
  document.getElementById("broken").hidden = false;
}

document.getElementById("reload").addEventListener("click", () => location.reload());
boot().catch(fail);
