/** Scalars whose value is not known before something else has run over the text: they satisfy every type. */

export type Opaque = (scalar: string) => boolean;

/** Flux substitutes `${NAME}` and its functions after the build, unless the dollar sign is doubled. */
const flux: Opaque = (scalar) => scalar.includes("${") && /(?<!\$)\$\{/.test(scalar);

/** ResourceSet templates between `<<` and `>>`. */
const resourceSet: Opaque = (scalar) => scalar.includes("<<") && scalar.includes(">>");

/** Values that SOPS encrypted. */
const sops: Opaque = (scalar) => scalar.startsWith("ENC[") && scalar.endsWith("]");

export const opaqueText = { flux, resourceSet, sops } as const;

export function anyOpaque(...kinds: readonly Opaque[]): Opaque {
  return (scalar) => kinds.some((kind) => kind(scalar));
}
