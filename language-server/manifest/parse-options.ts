/** How documents are parsed. Keys that are there twice are found by the validator, in linear time. */

export const parseOptions = {
  uniqueKeys: false,
  merge: false,
  logLevel: "silent",
  prettyErrors: false,
} as const;
