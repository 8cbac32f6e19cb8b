#!/usr/bin/env bash
# The one door to every chore of Chinwag. `./build.sh help` lists the verbs.
set -euo pipefail
if ((BASH_VERSINFO[0] < 5)); then echo 'build.sh: needs bash 5 or newer' >&2; exit 1; fi
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$PWD
target=${CARGO_TARGET_DIR:-$root/target}
stage=$target/stage
logs=$target/test-logs
tools=${XDG_CACHE_HOME:-$HOME/.cache}/chinwag/tools
geckodriver_version=0.37.1
cargo_deny_version=0.20.2
cargo_fuzz_version=0.13.2
schemathesis_version=4.32.5
autobahn_version=25.10.1
wasm32='wasm32-unknown-unknown'
# Debian's Rust for the Wasm target, with the standard library's sources.
debian_rust=(rustc-web cargo-web libstd-rust-web-dev rust-web-src)
wasm_packages=(chinwag-browser chinwag-scout chinwag-overlay chinwag-widget chinwag-console chinwag-playground)
# What rustc's default target has, and all that wasm-opt may use.
wasm_features=(--enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals --enable-reference-types --enable-multivalue)
# piece=package; a visitor or an agent downloads the piece.
pieces=(scout=chinwag-scout interface=chinwag-widget overlay=chinwag-overlay console=chinwag-console playground=chinwag-playground)

usage() {
  cat <<'HELP'
./build.sh run          set up, build everything, serve it on 127.0.0.1:8080 (CHINWAG_LISTEN, CHINWAG_DATA)
./build.sh test         set up, run every check and test, browsers included
./build.sh dist         dist/: the server with everything embedded, the assets, manifest.json
./build.sh check        format, lints, architecture, sizes
./build.sh unit         native tests
./build.sh property [CASES]
                        the session against a hostile network: that many cases for each law (100,000)
./build.sh browser      in-browser unit tests
./build.sh differential [CASES] [SEED]
                        random conditions and features through ours and through GrowthBook's own engine
./build.sh fuzz [SECONDS]  hostile files and conditions, that long for each target; without SECONDS, the gate's
./build.sh api          the server against docs/openapi.json, with Schemathesis
./build.sh autobahn     the socket against Autobahn|Testsuite (needs a CPython 2.7)
./build.sh e2e [name]   journeys in real browsers
./build.sh drill [name] faults on purpose under load, with a table of bounds (all: about 50 minutes)
./build.sh bench        benchmarks; bench peers: beside a bare echo and Socket.IO
./build.sh sizes        write the measured sizes into sizes.txt
./build.sh deny         licences and advisories of the dependencies
./build.sh setup        install what is missing
./build.sh wasm-cargo   cargo for the Wasm target: `wasm-cargo check -p chinwag-widget`
HELP
}

say() { printf '%s\n' "$*"; }
die() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# ---- freshness: a part is up to date while the hash of its inputs is the one of its last success ----

inputs() {
  { git ls-files -coz --exclude-standard -- "$@" 2>/dev/null || find "$@" -type f -print0 2>/dev/null || true; } |
    sort -zu | { xargs -0 sha256sum 2>/dev/null || true; } | sha256sum | cut -c1-16
}
is_fresh() { [ "$(cat "$target/stamps/$1" 2>/dev/null)" = "$2" ]; }
mark_fresh() { mkdir -p "$target/stamps"; printf '%s\n' "$2" >"$target/stamps/$1"; }

wasm_inputs() { inputs Cargo.toml Cargo.lock .cargo build.sh src crates docs/recipes ':!crates/server' ':!**/*.md'; }
dist_inputs() { inputs Cargo.toml Cargo.lock .cargo build.sh sizes.txt src crates www docs/recipes ':!**/*.md'; }

# ---- set-up ----

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
can_apt() { have apt-get && { [ "$(id -u)" = 0 ] || have sudo; }; }

apt_install() {
  can_apt || die "missing: $*. On Debian or Ubuntu: apt-get install $*; elsewhere install the same by your system's means"
  say "installing $*"
  if [ -z "${apt_updated:-}" ]; then as_root apt-get update -qq; apt_updated=1; fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >"$target/apt.log" 2>&1 ||
    { tail -5 "$target/apt.log" >&2; return 1; }
}

setup_base() {
  mkdir -p "$target" dist/web
  have cargo || die 'no cargo: install Rust (1.95 or newer) first'
  local missing=()
  { have cc && have c++; } || missing+=(build-essential)
  have git || missing+=(git)
  have node || missing+=(nodejs)
  have npm || missing+=(npm)
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  setup_wasm
  setup_npm
  cargo_tool wasm-bindgen-cli "$(wasm_bindgen_version)" wasm-bindgen
}

setup_browsers() {
  local missing=()
  have chromium || have google-chrome || missing+=(chromium)
  have chromedriver || missing+=(chromium-driver)
  have firefox || have firefox-esr || missing+=(firefox-esr)
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  have geckodriver || cargo_tool geckodriver "$geckodriver_version" geckodriver
  # WebKit only where the system has it: not every one does.
  has_webkit || { can_apt && apt_install webkit2gtk-driver xvfb xauth; } || true
}

webkit() { find /usr/lib /usr/libexec -path '*/webkit2gtk-4.1/MiniBrowser' -print -quit 2>/dev/null; }
has_webkit() { have WebKitWebDriver && have xvfb-run && have xauth && [ -n "$(webkit)" ]; }

setup_npm() { npm_packages npm www .bin/wasm-opt; }

# npm_packages STAMP DIR FILE: what the lock file of DIR names, unless it is there; FILE is one of them.
npm_packages() {
  local hash
  hash=$(inputs "$2/package.json" "$2/package-lock.json")
  if [ -e "$2/node_modules/$3" ] && is_fresh "$1" "$hash"; then return; fi
  say "installing the npm packages of $2"
  (cd "$2" && npm ci --no-fund --no-audit --loglevel=error)
  mark_fresh "$1" "$hash"
}

# cargo_tool PACKAGE VERSION BINARY: builds it once per machine and version.
cargo_tool() {
  local home=$tools/$1-$2
  [ ! -x "$home/bin/$3" ] || return 0
  say "building $1 $2 (once per machine, some minutes)"
  env -u RUSTFLAGS CARGO_TARGET_DIR="$tools/build" cargo install "$1" --version "$2" --root "$home"
}
tool() { printf '%s\n' "$tools/$1-$2/bin/$3"; }
wasm_bindgen_version() { awk -F'"' '/^name = "wasm-bindgen"$/ { getline; print $2 }' Cargo.lock; }
wasm_bindgen() { tool wasm-bindgen-cli "$(wasm_bindgen_version)" "$1"; }

# ---- the Wasm target ----

sysroot() { "${1}rustc" --print sysroot 2>/dev/null; }
has_std_source() { [ -f "$(sysroot "$1")/lib/rustlib/src/rust/library/Cargo.lock" ]; }
has_std() { [ -d "$(sysroot '')/lib/rustlib/$wasm32/lib" ]; }
has_debian_rust() { [ -x /usr/bin/cargo ] && has_std_source /usr/bin/; }

# Where the target comes from. A library built from source makes the modules a third smaller, so it goes first:
#   source    the active toolchain with its rust-src
#   debian    Debian's rustc-web and rust-web-src
#   prebuilt  the active toolchain with `rustup target add`
wasm_way() {
  if [ -n "${CHINWAG_WASM:-}" ]; then say "$CHINWAG_WASM"
  elif has_std_source ''; then say source
  elif has_debian_rust; then say debian
  elif has_std; then say prebuilt
  else say none; fi
}
wasm_std() { case $(wasm_way) in prebuilt) say prebuilt ;; *) say source ;; esac; }

# Debian's Rust, if it has one that is new enough for us. Asked once per checkout.
offer_debian_rust() {
  local offered wanted
  wanted=$(awk -F'"' '/^rust-version = / { print $2; exit }' Cargo.toml)
  if is_fresh no-debian-rust "$wanted" || ! can_apt; then return; fi
  as_root apt-get update -qq
  apt_updated=1
  offered=$(apt-cache policy rustc-web | awk '/Candidate:/ { print $2 }')
  if dpkg --compare-versions "${offered:-0}" ge "$wanted"; then apt_install "${debian_rust[@]}"; else mark_fresh no-debian-rust "$wanted"; fi
}

setup_wasm() {
  case ${CHINWAG_WASM:-$(wasm_way)} in none) offer_debian_rust ;; prebuilt) [ -n "${CHINWAG_WASM:-}" ] || offer_debian_rust ;; esac
  if [ "$(wasm_way)" = none ] && have rustup; then
    say "rustup target add $wasm32"
    timeout 120 rustup target add "$wasm32" || true
  fi
  say "Wasm target: $(wasm_way)"
  case $(wasm_way) in
    none) die "no $wasm32: rustup target add $wasm32, or on Debian: apt-get install ${debian_rust[*]}" ;;
    debian) [ -x /usr/bin/cargo-clippy ] || apt_install rust-web-clippy || true ;;
  esac
  find_lld >/dev/null || apt_install lld-22 || apt_install lld
}

find_lld() {
  local lld
  for lld in "$(sysroot '')"/lib/rustlib/*/bin/rust-lld /usr/bin/wasm-ld-[0-9]* /usr/bin/wasm-ld; do
    if [ -x "$lld" ]; then say "$lld"; return; fi
  done
  return 1
}

# Cargo for the Wasm target. `--profile wasm` is what ships: no panic texts, no source locations.
wasm_cargo() {
  local way flags='' std=() path=$PATH lld
  way=$(wasm_way)
  case " $* " in *' --profile wasm '*) [ "$way" = prebuilt ] || flags='-Zunstable-options -Cpanic=immediate-abort '; flags+='-Zlocation-detail=none '
    # Handles in a list of the glue take a percent less than a table in the module, with wasm-bindgen as it is.
    flags+='-Ctarget-feature=-reference-types' ;; esac
  case $way in
    prebuilt) ;;
    source | debian)
      std=('-Zbuild-std=std,panic_abort')
      [ -z "$flags" ] || std+=(-Zbuild-std-features=optimize_for_size) ;;
    *) die "no $wasm32: ./build.sh setup" ;;
  esac
  lld=$(find_lld) || die 'no linker for Wasm: ./build.sh setup'
  local settings=(RUSTC_BOOTSTRAP=1 RUSTFLAGS="$flags" CARGO_TARGET_DIR="$target/wasm" CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$lld")
  if [ "$way" = debian ]; then path=/usr/bin:$PATH settings+=(RUSTC=/usr/bin/rustc); fi
  env PATH="$path" "${settings[@]}" cargo "$1" --target "$wasm32" "${std[@]}" "${@:2}"
}

# ---- dist ----

has_package() {
  [ -n "${metadata:-}" ] || metadata=$(cargo metadata --no-deps --offline --format-version 1)
  case $metadata in *"\"name\":\"$1\",\"version\""*) ;; *) return 1 ;; esac
}

# A package's program, or its library as a module and nothing else: beside an rlib there would be no link-time optimisation.
compile_wasm() {
  local what
  mapfile -t what < <(cargo metadata --no-deps --offline --format-version 1 | node -e '
    const { packages } = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const program = packages.find((p) => p.name === process.argv[1]).targets.find((t) => t.kind.includes("bin"));
    console.log((program ? ["--bin", program.name] : ["--lib", "--crate-type", "cdylib"]).join("\n"));' "$1")
  say "$1"
  wasm_cargo rustc --profile wasm -p "$1" "${what[@]}"
}

# The module that cargo made for a package: a library or a program.
built_wasm() {
  local file
  for file in "$target/wasm/$wasm32/wasm/${1//-/_}.wasm" "$target/wasm/$wasm32/wasm/$1.wasm"; do
    if [ -f "$file" ]; then say "$file"; return; fi
  done
  return 1
}

# piece_wasm PIECE PACKAGE: cargo, wasm-bindgen, wasm-opt, esbuild.
piece_wasm() {
  local piece=$1 module work=$stage/work/$1 inlining=(--always-inline-max-function-size 5 --one-caller-inline-max-function-size 60)
  case $piece in # measured: each the smallest
    interface) inlining[1]=4 ;;
    scout) inlining[3]=200 ;;
  esac
  module=$(built_wasm "$2") || { say "note: $2 makes no Wasm module yet"; return; }
  "$(wasm_bindgen wasm-bindgen)" --target web --no-typescript --omit-default-module-path --out-dir "$work" --out-name "$piece" "$module"
  # Yew can set raw HTML; nothing of ours asks it to, and this makes sure of it.
  sed -i.orig -E 's/[A-Za-z0-9_()]+\.innerHTML = .*;/throw new Error("no HTML strings");/' "$work/$piece.js"
  # Nothing of ours is in the lowest kilobyte: it is the far end of the stack. In the order of their names, functions that
  # are alike stand together, and compress better.
  www/node_modules/.bin/wasm-opt --low-memory-unused "${inlining[@]}" -Oz --flatten --rereloop -Oz --flatten --rereloop -Oz --code-folding -Oz --converge \
    --reorder-functions-by-name --reorder-locals \
    "${wasm_features[@]}" \
    --strip-debug --strip-producers --strip-target-features "$work/${piece}_bg.wasm" -o "$stage/hashed/$piece.wasm"
  # What the interface listens to stands in its source as `onclick::Wrapper` or "onload"; the names of other events are only weight.
  local events=''
  [ "$piece" != interface ] || events=$(grep -rhoE '\bon[a-z]+::Wrapper|"on[a-z]+"' src crates/browser/src | sed 's/::.*//; s/"//g' | sort -u)
  dist_tool shorten "$stage/hashed/$piece.wasm" "$work/$piece.js" $events
  esbuild "$work/$piece.js" --bundle --minify --format=esm --outfile="$stage/hashed/$piece.js"
  inspect "$stage/hashed/$piece"
}

esbuild() { www/node_modules/.bin/esbuild --log-level=warning --target=es2022 --charset=utf8 "$@"; }

# A host page's content policy forbids these, and nothing but wasm-bindgen's own names may be imported.
inspect() {
  local bad
  bad=$(grep -oE 'new Function|\beval\(|[^_]innerHTML|import\.meta' "$1.js" | sort -u | tr '\n' ' ') || true
  [ -z "$bad" ] || die "$(basename "$1").js contains: $bad"
  node -e 'const m = new WebAssembly.Module(require("fs").readFileSync(process.argv[1]));
    const foreign = WebAssembly.Module.imports(m).filter((i) => i.module === "env");
    if (foreign.length) { console.error("imports env:", foreign); process.exit(1); }' "$1.wasm"
}

stage_wasm() {
  local hash pair present=()
  hash=$(wasm_inputs)-$(wasm_way)
  if is_fresh wasm "$hash"; then say 'Wasm modules: up to date'; return; fi
  for pair in "${pieces[@]}"; do
    if has_package "${pair#*=}"; then present+=("$pair"); else say "note: no package ${pair#*=} yet"; fi
  done
  say 'Wasm modules'
  rm -rf "$stage/work" "$stage/hashed"
  mkdir -p "$stage/work" "$stage/hashed"
  for pair in "${present[@]}"; do compile_wasm "${pair#*=}"; piece_wasm "${pair%%=*}" "${pair#*=}"; done
  mark_fresh wasm "$hash"
}

stage_www() {
  local file app
  rm -rf "$stage/scripts" "$stage/web"
  mkdir -p "$stage/hashed" "$stage/scripts" "$stage/web"
  find "$stage/hashed" \( -name '*.css' -o -name '*.json' \) -delete
  # The interface knows its words by their place in the English table; texts with numbers in them keep their keys.
  for file in www/lang/*.json; do
    node -p 'const [table, english] = process.argv.slice(1).map((file) => JSON.parse(require("fs").readFileSync(file, "utf8")));
      const counted = (key) => /\.(zero|one|two|few|many|other)$/.test(key);
      const words = Object.keys(english).filter((key) => !counted(key)).map((key) => table[key]);
      JSON.stringify({ words, ...Object.fromEntries(Object.entries(table).filter(([key]) => counted(key))) })' \
      "$file" www/lang/en.json >"$stage/hashed/lang-${file##*/}"
  done
  # Every page pays for the loader: one word for all declarations, and no line breaks in its style sheet, are 25 bytes of brotli.
  esbuild www/loader.js --minify --target=es2020 | node -e 'const text = require("fs").readFileSync(0, "utf8");
    process.stdout.write(text.replace(/\bconst\b/g, "let").replace(/\}\n/g, "}"));' >"$stage/web/chinwag.js"
  for app in console playground; do
    if [ -d "www/$app" ]; then stage_app "$app"; fi
  done
  if [ -d www/demo ]; then cp -R www/demo "$stage/web/demo"; fi
  find www -maxdepth 1 -name '*.d.ts' -exec cp {} "$stage/web/" \;
}

# An app's own scripts and style sheets get hashed names; the rest keeps its path.
stage_app() {
  local app=$1 file
  cp -R "www/$app" "$stage/web/$app"
  for file in www/"$app"/*.js; do
    [ -f "$file" ] || continue
    esbuild "$file" --bundle "--external:__*" --minify --format=esm --outfile="$stage/scripts/$app-${file##*/}"
    rm "$stage/web/$app/${file##*/}"
  done
  for file in www/"$app"/*.css; do
    [ -f "$file" ] || continue
    cat "$file" >>"$stage/work/$app.css"
    rm "$stage/web/$app/${file##*/}"
  done
  # The preview of the card is drawn with the widget's own rules.
  if [ "$app" = playground ]; then { say '@scope (.stage) {'; cat src/style.css; say '}'; } >>"$stage/work/$app.css"; fi
  if [ -f "$stage/work/$app.css" ]; then
    esbuild "$stage/work/$app.css" --minify --outfile="$stage/hashed/$app.css"
    rm "$stage/work/$app.css"
  fi
}

dist_tool() { cargo run --quiet --release -p chinwag-dist -- "$@"; }

is_built() { [ -x dist/bin/chinwag ] && is_fresh dist "$1" && grep -qs "\"$1\"" dist/manifest.json; }

build_dist() {
  local hash
  hash=$(dist_inputs)-$(wasm_way)
  if is_built "$hash"; then say 'dist: up to date'; return; fi
  mkdir -p dist/bin "$stage"
  stage_wasm
  say 'pages and scripts'
  stage_www
  dist_tool pack "$stage" dist/web dist/manifest.json sizes.txt "$hash" "$(wasm_std)"
  build_server
  [ "$hash" = "$(dist_inputs)-$(wasm_way)" ] || { say 'note: sources changed during the build; it is stale already'; return; }
  mark_fresh dist "$hash"
}

# The server embeds dist/web when it is compiled, which cargo cannot see.
build_server() {
  say 'server'
  local web
  web=$(find dist/web -type f | sort | xargs sha256sum | sha256sum)
  is_fresh embedded "$web" || cargo clean --quiet --release -p chinwag-server
  cargo build --release -p chinwag-server
  cp "$target/release/chinwag" dist/bin/chinwag.new
  mv dist/bin/chinwag.new dist/bin/chinwag
  mark_fresh embedded "$web"
}

refuse_stale() {
  is_built "$(dist_inputs)-$(wasm_way)" || die 'dist/ is not built from these sources: ./build.sh dist'
}

# ---- checks and tests ----

# Options that leave out packages, one per line.
without() { local package; for package in "$@"; do if has_package "$package"; then printf -- '--exclude\n%s\n' "$package"; fi; done; }

check_format() { cargo fmt --all --check && cargo fmt --manifest-path tests/fuzz/Cargo.toml --check; }

check_native() {
  local left_out
  mapfile -t left_out < <(without "${wasm_packages[@]}")
  cargo clippy --workspace "${left_out[@]}" --all-targets -- -D warnings
}

check_wasm() {
  local package packages=()
  for package in "${wasm_packages[@]}"; do if has_package "$package"; then packages+=(-p "$package"); fi; done
  if [ "$(wasm_way)" != debian ] || [ -x /usr/bin/cargo-clippy ]; then
    wasm_cargo clippy "${packages[@]}" -- -D warnings
  else
    wasm_cargo check "${packages[@]}"
  fi
}

check_architecture() { cargo test -p chinwag-architecture --no-fail-fast; }

check_sizes() { build_dist; dist_tool sizes dist/manifest.json sizes.txt; }

check_long_files() {
  find src crates tests www -name node_modules -prune -o \( -name '*.rs' -o -name '*.js' \) -exec wc -l {} + |
    awk '$2 != "total" && $1 > 500 { print "note: " $2 " has " $1 " lines" }'
}

# The Wasm packages too: their pure parts run natively.
unit_tests() {
  local left_out
  mapfile -t left_out < <(without chinwag-e2e chinwag-architecture)
  cargo test --workspace "${left_out[@]}" --no-fail-fast
}

# property [CASES]: the gate runs 2,000 of each in `unit`.
property() { CHINWAG_CASES=${1:-100000} cargo test --release -p chinwag-conversation --lib outages -- --nocapture; }

# Other engines that ours is held against.
setup_peers() { npm_packages peers tests/engine/peers @growthbook/growthbook; }

# differential [CASES] [SEED]
differential() {
  setup_peers
  cargo build -p chinwag-engine-tests --bin answers
  node tests/engine/peers/differential.js "$target/debug/answers" "${1:-20000}" "${@:2:1}"
}

# fuzz [SECONDS]: each target that long, going on from what was learnt before (target/fuzz). Without an argument, the
# same inputs on every run: a gate that finds something new at random stops whoever happens to pass.
# What is found stays in tests/fuzz/artifacts.
fuzz() {
  local name seeds=$target/fuzz/seeds learnt=$target/fuzz bound=-max_total_time=${1:-}
  if [ $# = 0 ]; then
    learnt=$target/fuzz/gate bound='-runs=60000 -seed=1'
    rm -rf "$learnt"
  fi
  cargo_tool cargo-fuzz "$cargo_fuzz_version" cargo-fuzz
  mkdir -p "$seeds" "$learnt/loader" "$learnt/evaluator"
  cp tests/cases/targeting/five-rules.json tests/cases/targeting/shop.json "$seeds"
  for name in loader evaluator; do
    RUSTC_BOOTSTRAP=1 "$(tool cargo-fuzz "$cargo_fuzz_version" cargo-fuzz)" run --fuzz-dir tests/fuzz --target-dir "$target/fuzz/build" \
      --sanitizer none "$name" "$learnt/$name" "$seeds" -- \
      $bound -dict=tests/fuzz/loader.dict -max_len=8192 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
  done
}

# Packages with tests that run in a browser.
browser_tests() {
  local package rc=0
  write_webdriver_config
  for package in chinwag-browser chinwag-engine-tests; do
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=$(wasm_bindgen wasm-bindgen-test-runner) CHROMEDRIVER=$(command -v chromedriver) \
      WASM_BINDGEN_TEST_WEBDRIVER_JSON=$target/webdriver.json WASM_BINDGEN_TEST_TIMEOUT=120 \
      wasm_cargo test -p "$package" --no-fail-fast || rc=1
  done
  return $rc
}

write_webdriver_config() {
  printf '%s' '{"goog:chromeOptions":{"args":["--headless=new","--no-sandbox","--disable-gpu","--disable-dev-shm-usage","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"]}}' >"$target/webdriver.json"
}

browser_env() {
  export CHINWAG_BIN=$root/dist/bin/chinwag CHINWAG_WEB=$root/dist/web CHINWAG_MANIFEST=$root/dist/manifest.json
  CHROMIUM=$(command -v chromium || command -v google-chrome)
  FIREFOX=$(command -v firefox-esr || command -v firefox)
  CHROMEDRIVER=$(command -v chromedriver)
  GECKODRIVER=$(command -v geckodriver || tool geckodriver "$geckodriver_version" geckodriver)
  export CHROMIUM FIREFOX CHROMEDRIVER GECKODRIVER
  if has_webkit; then
    WEBKIT=$(webkit)
    export WEBKIT
    # Its sandbox does not start for root.
    if [ "$(id -u)" = 0 ]; then export WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1; fi
  fi
}

# e2e_tests [FILTER]
e2e_tests() {
  has_package chinwag-e2e || die 'no package chinwag-e2e'
  build_dist
  refuse_stale
  browser_env
  npm_packages axe tests/e2e/axe axe-core
  local display=(xvfb-run -a -s '-screen 0 1400x1000x24') left_out=()
  if ! has_webkit; then
    say 'note: no WebKitGTK with its driver here, so the journeys in WebKit are left out'
    display=() left_out=(--skip webkit::)
  fi
  "${display[@]}" cargo test -p chinwag-e2e --no-fail-fast -- "${left_out[@]}" "$@" | tee "$target/journeys.log"
}

# Three browsers on a shared machine do fail now and then for no reason of ours. A few journeys that failed are tried once more,
# alone, and both outcomes are told; many are no accident.
e2e_gate() {
  local again
  e2e_tests && return
  mapfile -t again < <(sed -n '/^failures:$/,/^test result:/p' "$target/journeys.log" | sed -nE 's/^    ([a-z0-9_]+(::[a-z0-9_]+)+)$/\1/p' | sort -u)
  if [ ${#again[@]} = 0 ] || [ ${#again[@]} -gt 3 ]; then return 1; fi
  say "note: failed, and tried once more: ${again[*]}"
  e2e_tests --exact "${again[@]}" --test-threads=1
}

# ten minutes of `kill -9` under load
kill_drill() {
  if [ -n "${1:-}" ] && [[ kill != *"$1"* ]]; then return; fi
  CHINWAG_DRILL_SECONDS=${CHINWAG_DRILL_SECONDS:-600} cargo test -p chinwag-server --test server drill -- --nocapture
}

# Every operation of the HTTP surface: no 5xx, no answer that the document does not describe.
api_tests() {
  local home=$tools/schemathesis-$schemathesis_version
  if [ ! -x "$home/bin/schemathesis" ]; then
    have python3 || apt_install python3 python3-venv
    python3 -m venv "$home" || { apt_install python3-venv && python3 -m venv "$home"; }
    "$home/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$schemathesis_version"
  fi
  cargo build -p chinwag-server
  "$home/bin/python" tests/api/run.py "$home/bin/schemathesis" "$target/debug/chinwag" "${1:-15}"
}

# The public WebSocket suite runs on CPython 2.7 only: where there is none, one line says so.
python2() {
  local python
  for python in "${PYTHON2:-}" "$HOME"/.pyenv/versions/2.7.*/bin/python /usr/bin/python2.7; do
    if [ -x "$python" ]; then say "$python"; return; fi
  done
  return 1
}

autobahn_tests() {
  local home=$tools/autobahn-$autobahn_version python
  python=$(python2) || { say 'note: no CPython 2.7 here, so Autobahn|Testsuite is not run'; return; }
  if [ ! -x "$home/bin/wstest" ]; then
    "$python" -m pip install --quiet --disable-pip-version-check --user "virtualenv<20.22"
    "$python" -m virtualenv --quiet "$home"
    "$home/bin/pip" install --quiet --disable-pip-version-check "autobahntestsuite==$autobahn_version"
  fi
  cargo build -p chinwag-server --example echo
  python3 tests/autobahn/run.py "$home/bin/wstest" "$target/debug/examples/echo"
}

# load ARGUMENTS: the load driver on the built server.
load() {
  cargo build --quiet --release -p chinwag-load
  CHINWAG_BIN=$root/dist/bin/chinwag "$target/release/load" "$@"
}
drills() { build_dist; load drill "$@"; }
load_peers() {
  npm_packages load-peers tests/load/peers socket.io
  build_dist
  load peers "$@"
}

bench() {
  local dir
  if [ "${1:-}" = peers ]; then load_peers --visitors 1000 --rate 500 --seconds 10 "${@:2}"; return; fi
  for dir in . crates/* tests/*; do
    if [ -d "$dir/benches" ]; then (cd "$dir" && cargo bench); fi
  done
  bench_engine
}

# The engine, built as it ships, natively and in Wasm, beside other engines under the same Node.
bench_engine() {
  local package=chinwag-engine-tests work=$target/bench
  setup_peers
  cargo build --release -p "$package" --bin passes
  wasm_cargo rustc --profile wasm -p "$package" --lib --crate-type cdylib
  "$(wasm_bindgen wasm-bindgen)" --target nodejs --no-typescript --out-dir "$work" --out-name bench "$(built_wasm "$package")"
  www/node_modules/.bin/wasm-opt -Oz --converge "${wasm_features[@]}" "$work/bench_bg.wasm" -o "$work/bench_bg.wasm"
  node tests/engine/peers/bench.js "$target/release/passes" "$work/bench.js"
}

deny() {
  cargo_tool cargo-deny "$cargo_deny_version" cargo-deny
  "$(tool cargo-deny "$cargo_deny_version" cargo-deny)" check
}

# ---- steps ----

step_names=() step_times=() step_results=() passed=0 failed=0

# step NAME COMMAND...: runs it, keeps its output, counts its tests. A failure is remembered and told at the end.
step() {
  local name=$1 rc=0 start=$SECONDS log=$logs/${1// /-}.log p f
  shift
  mkdir -p "$logs"
  say "==> $name"
  set +e
  (set -e; "$@") 2>&1 | tee "$log"
  rc=${PIPESTATUS[0]}
  set -e
  read -r p f < <(sed 's/\x1b\[[0-9;]*m//g' "$log" | awk '/^test result: / { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) p += $(i-1); if ($i ~ /^failed/) f += $(i-1) } } END { print p + 0, f + 0 }')
  if [ "$rc" = 0 ]; then f=0; elif [ "$f" = 0 ]; then f=1; fi
  passed=$((passed + p)) failed=$((failed + f))
  step_names+=("$name") step_times+=($((SECONDS - start)))
  if [ "$rc" != 0 ]; then step_results+=("FAILED ($f)"); elif [ "$p" = 0 ]; then step_results+=(ok)
  else step_results+=("$p passed$(sed -n 's/^note: failed, and/;/p' "$log")"); fi
  return 0
}

# What a step that failed said of it: why each test failed, in a few lines, or else its last lines.
reason() {
  local log=$logs/${1// /-}.log said
  said=$(awk '/^---- .* stdout ----$/ { print $2 } /^note: failed, and tried/ { print "once more:" }
    /panicked at/ { lines = 5 } /^note:|^stack backtrace:|^$|^failures:/ { lines = 0 } lines-- > 0 { print "  " substr($0, 1, 300) }' "$log")
  [ -n "$said" ] || said=$(tail -20 "$log")
  say ''
  say "==> $1 failed:"
  say "$said" | tail -50
}

# What failed, the table of steps, then the line that tells the result.
finish() {
  local i
  for i in "${!step_names[@]}"; do
    case ${step_results[i]} in FAILED*) reason "${step_names[i]}" ;; esac
  done
  say ''
  for i in "${!step_names[@]}"; do
    printf '%-24s %4d:%02d  %s\n' "${step_names[i]}" $((step_times[i] / 60)) $((step_times[i] % 60)) "${step_results[i]}"
  done
  printf '%-24s %4d:%02d\n\n' total $((SECONDS / 60)) $((SECONDS % 60))
  say "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}

checks() {
  step format check_format
  step 'lints, native' check_native
  step 'lints, Wasm' check_wasm
  step architecture check_architecture
}

all_tests() {
  step set-up setup_everything
  if [ "$failed" = 0 ]; then
    checks
    step unit unit_tests
    step differential differential 20000 1
    step api api_tests
    step autobahn autobahn_tests
    step dist build_dist
    step sizes check_sizes
    step 'long files' check_long_files
    step browser browser_tests
    step fuzz fuzz
    step e2e e2e_gate
    step drills drills --short crash dark
  fi
  finish
}
setup_everything() { setup_base; setup_browsers; }

serve() {
  local listen=${CHINWAG_LISTEN:-127.0.0.1:8080} data=${CHINWAG_DATA:-$target/demo-data}
  mkdir -p "$data"
  exec dist/bin/chinwag serve --listen "$listen" --data "$data"
}

main() {
  local verb=${1:-help}
  [ $# = 0 ] || shift
  mkdir -p "$target"
  case $verb in
    run) setup_base; build_dist; serve ;;
    test) all_tests ;;
    check) setup_base; checks; step sizes check_sizes; step 'long files' check_long_files; finish ;;
    unit) setup_base; unit_tests ;;
    property) property "$@" ;;
    differential) setup_base; differential "$@" ;;
    fuzz) setup_base; fuzz "$@" ;;
    dist) setup_base; build_dist ;;
    browser) setup_everything; browser_tests ;;
    e2e) setup_everything; e2e_tests "$@" ;;
    api) setup_base; api_tests "$@" ;;
    autobahn) setup_base; autobahn_tests ;;
    drill) setup_base; kill_drill "$@"; drills "$@" ;;
    bench) setup_base; bench "$@" ;;
    sizes) setup_base; build_dist; dist_tool record dist/manifest.json sizes.txt; build_dist ;;
    deny) deny ;;
    setup) setup_everything ;;
    fresh) refuse_stale ;;
    wasm-cargo) wasm_cargo "$@" ;;
    help | --help | -h) usage ;;
    *) usage >&2; exit 2 ;;
  esac
}

{ main "$@"; exit; } # read whole before it runs: the file may change meanwhile
