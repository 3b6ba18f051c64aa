/** Values of Secrets that break a build: the problem says what is wrong, never the value. */
import { describe, expect, it } from "vitest";

import { discreet } from "../../../simulator/diff/discreet.ts";
import { configMap, kustomization } from "../../support/flux.ts";
import { useSimulator } from "../../support/simulator.ts";
import { besideInnocent, goodText, verdict } from "./side-by-side.ts";

const bench = useSimulator();
const token = "hunter2sesame";
const fromSecret = "  postBuild:\n    substituteFrom:\n      - {kind: Secret, name: vars}";
const quoted = (key: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata: {${key}: "\${TOKEN}"}\n`;
const secret = (name: string, lines: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: flux-system}\n${lines}\n`;

/** Everything a person may see of a tree in which the Kustomization `x` fails. */
async function shown(
  files: Readonly<Record<string, string>>,
  spec = "",
): Promise<{ verdict: readonly string[]; text: string }> {
  const own = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path.startsWith("cluster/") ? path : `x/${path}`,
      text,
    ]),
  );
  const before = besideInnocent({});
  const simulation = await bench.simulate(
    besideInnocent({ ...own, "cluster/x.yaml": kustomization("x", "./x", spec) }),
  );
  const plan = await bench.simulator.plan(
    await bench.simulate({ ...before, label: "HEAD" }),
    simulation,
  );
  expect(await goodText(bench, simulation)).toContain("untouched");
  return {
    verdict: verdict(simulation, "x"),
    text: JSON.stringify([simulation.appliers, simulation.problems, plan]),
  };
}

describe("a value that comes by substitution", () => {
  it.each([
    ["turns into a number", "'8675309'", "8675309", quoted("k")],
    ["turns into a list", "'[q7, zz9]'", "q7", quoted("k")],
    ["turns into an object", `'{${token}: x}'`, token, quoted("k")],
    ["is no YAML", `'{${token}: [unclosed'`, token, quoted("k")],
    ["is taken for an alias", `'*${token}'`, token, quoted("k")],
    ["is taken for a tag", `'!!int ${token}'`, token, quoted("k")],
    [
      "is no quantity",
      token,
      token,
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\nspec: {containers: [{name: a, image: b, resources: {limits: {cpu: "${TOKEN}"}}}]}\n',
    ],
  ])("%s", async (_, value, leak, manifest) => {
    const { verdict: found, text } = await shown(
      { "x.yaml": manifest, "cluster/vars.yaml": secret("vars", `stringData: {TOKEN: ${value}}`) },
      fromSecret,
    );
    expect(found[0]).toBe("failed");
    expect(found[1]).toMatch(/^error (build|apply)-failed \.\/x\.yaml:1$/);
    expect(text).not.toContain(leak);
  });
});

describe("a value that stands in the repository", () => {
  const file = (lines: string) => ({ "x.yaml": secret("a", lines) });
  const generated = (lines: string, more: Readonly<Record<string, string>> = {}) => ({
    "kustomization.yaml": `${lines}\n`,
    "s.yaml": secret("s", "stringData: {k: v}"),
    ...more,
  });
  it.each([
    ["a key twice", file(`stringData:\n  k: ${token}\n  k: other`), token],
    ["data that is no base64", file(`data: {k: '${token}!'}`), token],
    ["a number", file("stringData: {k: 8675309}"), "8675309"],
    ["a list instead of a map", file(`stringData: [${token}]`), token],
    ["a list as value", file(`stringData: {k: [${token}]}`), token],
    ["a value that begins with an asterisk", file(`stringData:\n  k: *${token}`), token],
    [
      "no name",
      {
        "x.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {namespace: b}\nstringData: {k: ${token}}\n`,
      },
      token,
    ],
    [
      "a literal without a key",
      generated(`secretGenerator: [{name: a, literals: [${token}]}]`),
      token,
    ],
    [
      "a file of variables that is none",
      generated("secretGenerator: [{name: a, envs: [x.env]}]", {
        "x.env": `${token} sesame\n1=2\n`,
      }),
      token,
    ],
    [
      "a strategic patch without a target",
      generated(
        `resources: [s.yaml]\npatches:\n  - patch: |\n      apiVersion: v1\n      kind: Secret\n      metadata: {name: nope}\n      stringData: {k: ${token}}`,
      ),
      token,
    ],
    [
      "a strategic patch that is no YAML",
      generated(
        `resources: [s.yaml]\npatches:\n  - patch: |\n      apiVersion: v1\n      kind: Secret\n      metadata: {name: s\n      stringData: {k: ${token}}`,
      ),
      token,
    ],
    [
      "a JSON patch that does not apply",
      generated(
        `resources: [s.yaml]\npatches:\n  - target: {kind: Secret}\n    patch: |\n      - {op: replace, path: /nope/x, value: ${token}}`,
      ),
      token,
    ],
    [
      "a JSON patch that is none",
      generated(
        `resources: [s.yaml]\npatches:\n  - target: {kind: Secret}\n    patch: |\n      - {op: nonsense, path: /stringData/k, value: ${token}}`,
      ),
      token,
    ],
  ])("%s", async (_, files, leak) => {
    const { verdict: found, text } = await shown(files);
    expect(found[0]).toBe("failed");
    expect(found[1]).toMatch(/^error (build|apply)-failed \.\//);
    expect(text).not.toContain(leak);
  });

  it("an address with a password", async () => {
    const { text } = await shown({
      "kustomization.yaml": `resources: ['https://user:${token}@example.test/a/b.git//c?ref=main']\n`,
    });
    expect(text).not.toContain(token);
    expect(text).toContain("https://example.test/a/b.git");
  });
});

describe("encrypted files", () => {
  const sops = (metadata: string) =>
    secret(
      "a",
      `stringData: {k: 'ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]'}\nsops: ${metadata}`,
    );
  it.each([
    ["a date that is none", "{age: [{recipient: x, enc: y}], lastmodified: never, mac: x}"],
    [
      "a MAC that is a number",
      "{age: [{recipient: x, enc: y}], lastmodified: '2026-01-01T00:00:00Z', mac: 5}",
    ],
    ["keys that are a text", "{age: hello, lastmodified: '2026-01-01T00:00:00Z', mac: x}"],
    [
      "keys of another machine",
      `{age: [{recipient: age1${"q".repeat(58)}, enc: "-----BEGIN AGE ENCRYPTED FILE-----\\nAAAA\\n-----END AGE ENCRYPTED FILE-----\\n"}], lastmodified: '2026-01-01T00:00:00Z', mac: 'ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]'}`,
    ],
  ])("with %s fail when the cluster is known", async (_, metadata) => {
    const tree = besideInnocent({
      "cluster/x.yaml": kustomization("x", "./x", "  decryption: {provider: sops}"),
      "x/x.yaml": sops(metadata),
    });
    const live = [{ name: "live.yaml", text: configMap("live", "1") }];
    const simulation = await bench.simulate(tree, {
      live,
      ageIdentities: ["AGE-SECRET-KEY-1QQQQ", "not a key", "AGE-PLUGIN-YUBIKEY-1XX"],
    });
    expect(verdict(simulation, "x")).toEqual(["failed", "error build-failed ./x.yaml:1"]);
    expect(JSON.stringify(simulation.problems)).not.toContain("AGE-SECRET-KEY");
    expect(await goodText(bench, simulation)).toContain("untouched");
  });
});

describe("discreet", () => {
  it("leaves ordinary messages alone", () => {
    for (const message of [
      "kustomize build failed: accumulating resources: open x/nope.yaml: no such file or directory",
      "failed to fetch ssh://git@example.test/org/repo: not found",
      "ConfigMap/b/a dry-run failed: .data.k: expected string, got &value.valueUnstructured{Value:8080}",
      "trouble configuring builtin PatchTransformer with config: `\npath: deployment.yaml\n`: no such file",
    ])
      expect(discreet(message)).toBe(message);
  });

  it("bounds the length", () => {
    expect(discreet("x".repeat(1_000_000)).length).toBeLessThan(5_000);
  });

  it("hides credentials however they are written", () => {
    for (const address of [
      "https://ghp_token@example.test/x",
      "https://a:ghp_token@example.test",
      "ssh://git:ghp_token@example.test/x",
    ]) {
      expect(discreet(`Get "${address}": no`)).not.toContain("ghp_token");
    }
  });
});
