// Starts the console. The addresses of the built files are filled in by the build.
async function boot() {
  const console_module = await import("__CONSOLE_JS__");
  await console_module.default(fetch("__CONSOLE_WASM__"));
  console_module.start();
}

// Said in the page, because nobody looks into a browser's log.
function fail() {
  document.getElementById("loading").hidden = true;
  document.getElementById("broken").hidden = false;
}

document.getElementById("reload").addEventListener("click", () => location.reload());
boot().catch(fail);
