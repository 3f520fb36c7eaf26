/** The functions that expressions can call, without the dollar sign: JSONata 2.2's and Hookline's own. */
export const FUNCTION_NAMES: readonly string[] = [
  ...["abs", "append", "assert", "average", "base64decode", "base64encode", "base64urldecode", "base64urlencode"],
  ...["boolean", "ceil", "clone", "contains", "count", "decodeUrl", "decodeUrlComponent", "distinct", "each"],
  ...["encodeUrl", "encodeUrlComponent", "error", "eval", "exists", "filter", "floor", "formatBase", "formatInteger"],
  ...["formatNumber", "fromMillis", "join", "keys", "length", "lookup", "lowercase", "map", "match", "max", "merge"],
  ...["millis", "min", "not", "now", "number", "pad", "parseInteger", "parseJson", "power", "random", "reduce"],
  ...["replace", "reverse", "round", "shuffle", "sift", "single", "sort", "split", "spread", "sqrt", "string"],
  ...["substring", "substringAfter", "substringBefore", "sum", "toMillis", "trim", "type", "uppercase", "zip"],
];
