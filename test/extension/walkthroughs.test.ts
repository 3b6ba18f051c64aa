// The walkthroughs of the manifest: their pages are there, and what they lead to exists.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

interface Step {
  readonly id: string;
  readonly description: string;
  readonly media: { readonly markdown: string };
  readonly completionEvents: readonly string[];
}

const { contributes } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: { readonly sluice: readonly { readonly id: string }[] };
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly Step[] }[];
  };
};
const commands = new Set(contributes.commands.map(({ command }) => command));
const views = new Set(contributes.views.sluice.map(({ id }) => id));
const steps = contributes.walkthroughs.flatMap(({ id, steps: own }) =>
  own.map((step) => [`${id}: ${step.id}`, step] as const),
);

function exists(id: string): boolean {
  return commands.has(id) || views.has(id.replace(/\.focus$/, "")) || !id.startsWith("sluice.");
}

describe("each step", () => {
  test.each(steps)("%s", (_name, { description, media, completionEvents }) => {
    expect(existsSync(media.markdown)).toBe(true);
    const linked = [...description.matchAll(/\(command:([\w.]+)/g)].map(([, id = ""]) => id);
    expect(linked.length).toBeGreaterThan(0);
    for (const event of completionEvents) {
      const [kind, id = ""] = event.split(":");
      if (kind === "onCommand") linked.push(id);
      if (kind === "onView") expect(views).toContain(id);
      if (kind === "onSettingChanged")
        expect(contributes.configuration.properties).toHaveProperty([id]);
    }
    expect(linked.filter((id) => !exists(id))).toEqual([]);
    const named = readFileSync(media.markdown, "utf8").matchAll(/`(sluice\.[\w.]+)`/g);
    for (const [, setting = ""] of named)
      expect(contributes.configuration.properties).toHaveProperty([setting]);
  });
});
