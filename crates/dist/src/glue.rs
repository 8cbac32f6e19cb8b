//! What wasm-bindgen writes for browsers that never get so far, taken out: whoever runs modules of these days has
//! `encodeInto`. And memory that grows is noticed in fewer words.

/// A function of the glue, what stands in it, and what does instead.
const PARTS: [(&str, &str, &str); 4] = [
    (
        "cachedTextEncoder",
        "
if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}
",
        "",
    ),
    (
        "passStringToWasm0",
        "    if (realloc === undefined) {
        const buf = cachedTextEncoder.encode(arg);
        const ptr = malloc(buf.length, 1) >>> 0;
        getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
        WASM_VECTOR_LEN = buf.length;
        return ptr;
    }

    let len = arg.length;
    let ptr = malloc(len, 1) >>> 0;

    const mem = getUint8ArrayMemory0();

    let offset = 0;

    for (; offset < len; offset++) {
        const code = arg.charCodeAt(offset);
        if (code > 0x7F) break;
        mem[ptr + offset] = code;
    }
    if (offset !== len) {
        if (offset !== 0) {
            arg = arg.slice(offset);
        }
        ptr = realloc(ptr, len, len = offset + arg.length * 3, 1) >>> 0;
        const view = getUint8ArrayMemory0().subarray(ptr + offset, ptr + len);
        const ret = cachedTextEncoder.encodeInto(arg, view);

        offset += ret.written;
        ptr = realloc(ptr, len, offset, 1) >>> 0;
    }

    WASM_VECTOR_LEN = offset;
    return ptr;
",
        // A unit of UTF-16 takes three bytes at most. Rust wants what is too much back, and knows no empty block.
        "    const len = arg.length * 3, ptr = malloc(len, 1) >>> 0;
    WASM_VECTOR_LEN = cachedTextEncoder.encodeInto(arg, getUint8ArrayMemory0().subarray(ptr, ptr + len)).written;
    return len ? realloc(ptr, len, WASM_VECTOR_LEN, 1) >>> 0 : ptr;
",
    ),
    (
        "getDataViewMemory0",
        "cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || \
         (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)",
        "cachedDataViewMemory0?.buffer !== wasm.memory.buffer",
    ),
    (
        "getUint8ArrayMemory0",
        "cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0",
        "!cachedUint8ArrayMemory0?.byteLength",
    ),
];

/// The glue as wasm-bindgen wrote it, shorter. Fails where a function is there but looks otherwise than it did.
pub(crate) fn trim(glue: &str) -> Result<String, String> {
    let mut glue = glue.to_owned();
    for (name, from, to) in PARTS {
        if glue.contains(from) {
            glue = glue.replace(from, to);
        } else if glue.contains(name) {
            return Err(format!("the glue writes `{name}` in an unknown way"));
        }
    }
    Ok(glue)
}

#[cfg(test)]
mod tests {
    use super::{PARTS, trim};

    #[test]
    fn what_is_known_is_shorter_and_what_is_not_is_refused() {
        let glue: String = PARTS.iter().map(|(name, from, _)| format!("{name}:{from};")).collect();
        let trimmed = trim(&glue).unwrap();
        assert!(!trimmed.contains("charCodeAt") && !trimmed.contains("detached"), "{trimmed}");
        assert_eq!(trim("wasm.start();").unwrap(), "wasm.start();");
        assert!(trim("function getDataViewMemory0() {}").is_err());
    }
}
