// The browser, by name. Nothing here throws: what is not there is `undefined`, and what refuses keeps what it has.

export const get = (object, key) => {
  try {
    return object[key];
  } catch {}
};

export const put = (object, key, value) => {
  try {
    object[key] = value;
  } catch {}
};

export const call = (object, name, a, b, c) => {
  try {
    return object[name](a, b, c);
  } catch {}
};

export const make = (name, a, b) => {
  try {
    return new globalThis[name](a, b);
  } catch {}
};

export const walk = (object, path) => path.split('.').reduce(get, object);
