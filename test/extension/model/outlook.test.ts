/** The outlook as Markdown: what is said of alerts, receivers, image automation and canaries, and that names stay text. */
import { describe, expect, test } from "vitest";

import type { ClusterOutlook, ObjectRef } from "#simulator";

import { outlookMarkdown } from "../../../extension/model/outlook.ts";

function ref(kind: string, name: string, namespace = "flux-system"): ObjectRef {
  return { apiVersion: "example.test/v1", kind, namespace, name };
}

const empty: ClusterOutlook = {
  cluster: "clusters/production",
  alerts: [],
  receivers: [],
  problems: [],
  canaries: [],
  images: { policies: [], automations: [] },
};

function text(outlook: Partial<ClusterOutlook>): string {
  return outlookMarkdown([{ name: "platform", clusters: [{ ...empty, ...outlook }] }]);
}

const slack = {
  provider: ref("Provider", "slack"),
  type: "slack",
  channel: "ops",
  host: "hooks.slack.test",
  delivery: "message",
  suspended: false,
} as const;
const alert = {
  alert: ref("Alert", "failures"),
  severity: "error",
  sources: [ref("Kustomization", "apps")],
  target: slack,
  only: [],
  except: ["^Dependencies"],
  suspended: false,
} as const;

describe("the outlook", () => {
  test("says of an alert what is told, of what, and where", () => {
    const shown = text({ alerts: [alert] });
    expect(shown).toContain(
      "- `Alert flux-system/failures`: failures of 1 object → slack (`Provider flux-system/slack`), channel `ops`, at `hooks.slack.test`\n" +
        "  - `Kustomization flux-system/apps`\n" +
        "  - no messages that match `^Dependencies`\n",
    );
    expect(shown).not.toContain("### Canaries");
  });

  test("an alert without its provider tells nobody", () => {
    const { target: _, ...lost } = alert;
    expect(text({ alerts: [lost] })).toContain("failures of 1 object → **nowhere**");
  });

  test("an alert or a provider that is suspended says so", () => {
    const suspended = ", **suspended**\n";
    expect(text({ alerts: [{ ...alert, suspended: true }] })).toContain(suspended);
    expect(text({ alerts: [{ ...alert, target: { ...slack, suspended: true } }] })).toContain(
      suspended,
    );
  });

  test("names the objects of a long list up to a point, and counts the rest", () => {
    const sources = Array.from({ length: 50 }, (_, at) => ref("Kustomization", `k${at}`));
    const shown = text({ alerts: [{ ...alert, sources }] });
    expect(shown).toContain("`Kustomization flux-system/k19`");
    expect(shown).not.toContain("`Kustomization flux-system/k20`");
    expect(shown).toContain("  - and 30 more\n");
  });

  test("says what a webhook reconciles", () => {
    const receiver = {
      receiver: ref("Receiver", "github"),
      type: "github",
      events: ["push"],
      resources: [ref("GitRepository", "flux-system")],
      suspended: false,
    };
    expect(text({ receivers: [receiver] })).toContain(
      "- `Receiver flux-system/github` (github): `push` reconciles 1 object\n  - `GitRepository flux-system/flux-system`\n",
    );
  });

  test("says which images are chosen how, and where they are written", () => {
    const policy = ref("ImagePolicy", "web");
    const shown = text({
      images: {
        policies: [{ policy, image: "ghcr.io/org/web", order: "semver", rule: ">=1.0.0" }],
        automations: [
          {
            automation: ref("ImageUpdateAutomation", "all"),
            repository: ref("GitRepository", "fleet"),
            path: "./apps",
            branch: "updates",
            policies: [policy],
            suspended: false,
          },
        ],
      },
    });
    expect(shown).toContain(
      "- `ImagePolicy flux-system/web`: `ghcr.io/org/web`, semver `>=1.0.0`\n" +
        "- `ImageUpdateAutomation flux-system/all` writes 1 image to `GitRepository flux-system/fleet`, folder `./apps`, branch `updates`\n",
    );
  });
});

describe("a canary", () => {
  const plan: ClusterOutlook["canaries"][number]["plan"] = {
    strategy: "canary",
    generated: [ref("Deployment", "web-primary", "apps")],
    steps: [
      { at: 0, phase: "analysis", weight: 25 },
      { at: 90, phase: "analysis", weight: 50 },
      { at: 5400, phase: "promotion", weight: 0 },
    ],
    promotionAfter: 5400,
    rollbackAfter: 180,
    metrics: ["request-success-rate"],
    webhooks: [],
    problems: [],
  };
  const canary = { ref: ref("Canary", "web", "apps"), plan };

  test("has its analysis as a timeline", () => {
    expect(text({ canaries: [canary] })).toContain(
      "promoted after 90 min when every check passes, rolled back after 3 min when all fail",
    );
    expect(text({ canaries: [canary] })).toContain(
      "| 0 s | analysis | 25 % |\n| 90 s | analysis | 50 % |\n| 90 min | promotion | 0 % |\n",
    );
  });

  test("a long timeline keeps its start and its end", () => {
    const steps = Array.from({ length: 1000 }, (_, at) => ({
      at,
      phase: "analysis" as const,
      weight: at / 10,
    }));
    const rows = text({ canaries: [{ ...canary, plan: { ...plan, steps } }] })
      .split("\n")
      .filter((line) => line.includes("%") || line.includes("…"));
    expect(rows).toHaveLength(24);
    expect(rows.at(-1)).toBe("| 16 min 39 s | analysis | 99.9 % |");
  });

  test("its problems stand with those of the cluster, above everything", () => {
    const problem = { code: "target-missing", severity: "error", message: "no target" } as const;
    const shown = text({ canaries: [{ ...canary, plan: { ...plan, problems: [problem] } }] });
    expect(shown).toContain("- **Error**, `Canary apps/web`: no target\n");
    expect(shown.indexOf("### What can't work")).toBeLessThan(shown.indexOf("### Canaries"));
  });
});

test("text from the repository can't become markup", () => {
  const evil = "a`|<img src=x onerror=1>\n# [x](command:evil)";
  const shown = text({
    cluster: evil,
    alerts: [{ ...alert, alert: ref("Alert", evil), target: { ...slack, type: evil } }],
    problems: [
      { code: "incomplete", severity: "warning", message: evil, object: ref("Alert", "a") },
    ],
  });
  // What is left outside of code spans has no character that starts markup.
  const outside = shown.replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
  expect(outside).not.toMatch(/(^|[^\\])<img/);
  expect(outside).not.toMatch(/(^|[^\\])\]\(/);
  expect(shown).not.toMatch(/^# \[/m);
});

test("several folders have a heading each, and one that is not simulated yet says so", () => {
  const shown = outlookMarkdown([{ name: "one", clusters: [] }, { name: "two" }]);
  expect(shown).toMatch(/^# one\n\nNothing that is applied/m);
  expect(shown).toMatch(/^# two\n\nThe repository is still being read/m);
});
