/** Records as JSON or YAML documents for programs: lossless, deterministic, without raw control characters. */
import { printableJson } from "./printable.ts";
import { yamlFromJson } from "./yaml-from-json.ts";

export function documentText(value: object, format: "json" | "yaml"): string {
  switch (format) {
    case "json":
      return `${printableJson(JSON.stringify(value, undefined, 2))}\n`;
    case "yaml":
      return yamlFromJson(JSON.stringify(value));
  }
}
