/** What a hostile chart is as data, and short ways to write one. */
import { tarball } from "./charts-bombs.ts";
import type { TarEntry } from "./charts-bombs.ts";

export interface HostileChart {
  readonly name: string;
  /** Files below the folder of the case; its chart is `chart/`, or the archive `app.tgz`. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly valuesFiles?: readonly string[];
  /** Fields of `spec` beside the chart. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** ConfigMaps that its values come from, by name. */
  readonly data?: Readonly<Record<string, string>>;
  /** `ready`, or the codes of which one stands at the release. */
  readonly expected: "ready" | readonly Outcome[];
  /** What `data.k` of its ConfigMap `out` holds in the end. */
  readonly value?: string;
  /** It takes all the time or memory it gets, so that its worker is stopped. */
  readonly isEndless?: true;
}

export type Outcome =
  | "chart-failed"
  | "values-failed"
  | "schema-failed"
  | "template-failed"
  | "post-render-failed"
  | "apply-failed"
  | "limit-exceeded"
  | "engine-timeout"
  | "engine-crashed";

export const stopped: readonly Outcome[] = ["engine-timeout", "engine-crashed", "limit-exceeded"];

export const about = "apiVersion: v2\nname: app\nversion: 1.0.0\n";
export const output = (value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: out}\ndata:\n  k: ${value}\n`;

/** A chart in a folder with one template. */
export function template(text: string, more: Readonly<Record<string, string>> = {}) {
  return chart({ "templates/out.yaml": text, ...more });
}

export function chart(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ "Chart.yaml": about, ...files }).map(([path, text]) => [
      `chart/${path}`,
      text,
    ]),
  );
}

export function archive(entries: readonly TarEntry[]): Record<string, Uint8Array> {
  return { "app.tgz": tarball([{ name: "app/Chart.yaml", text: about }, ...entries]) };
}

export const schema = (content: object): Record<string, string> =>
  chart({
    "values.yaml": "text: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n",
    "values.schema.json": JSON.stringify(content),
    "templates/out.yaml": output("v"),
  });
