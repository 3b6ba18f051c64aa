/** Packed archives for tests: ordinary ones, and ones that no honest program makes. */
import { gzipSync } from "node:zlib";

import { packTar, type TarHeader } from "modern-tar";

export type ArchiveEntry = Partial<TarHeader> & {
  readonly name: string;
  readonly body?: string | Uint8Array;
};

/** Files by path, or entries in their order. */
export async function tarGzip(
  content: Readonly<Record<string, string | Uint8Array>> | readonly ArchiveEntry[],
): Promise<Uint8Array> {
  const entries = Array.isArray(content)
    ? (content as readonly ArchiveEntry[])
    : Object.entries(content).map(([name, body]): ArchiveEntry => ({ name, body }));
  const packed = await packTar(
    entries.map(({ body, ...header }) => {
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
      return {
        header: { mtime: new Date(0), ...header, size: header.size ?? bytes?.byteLength ?? 0 },
        ...(bytes === undefined ? {} : { body: bytes }),
      };
    }),
  );
  return new Uint8Array(gzipSync(packed, { level: 1 }));
}

/** A chart with one template. */
export function chartArchive(
  name: string,
  version: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  return tarGzip({
    [`${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
    [`${name}/values.yaml`]: "replicas: 1\n",
    [`${name}/templates/configmap.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`,
    ...more,
  });
}
