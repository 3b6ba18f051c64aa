/** Secrets that are pushed for everyone to read, and those that give nothing away. No value is ever said. */
import { describe, expect, it } from "vitest";

import { treeOf, useRisks } from "./check-risks.ts";

const { risks, plan } = useRisks();

const secret = (data: string, more = ""): string => `apiVersion: v1
kind: Secret
metadata: { name: login, namespace: apps }
${data}
${more}`;

describe("is a risk", () => {
  it.each([
    ["as text", secret("stringData: { password: correct-horse }")],
    ["as base64", secret("data: { password: Y29ycmVjdC1ob3JzZQ== }")],
    ["beside what is none", secret('stringData: { user: "${USER}", password: correct-horse }')],
  ])("%s", async (_, text) => {
    expect(await risks(treeOf({}), { "apps/it.yaml": text })).toEqual([
      "high secret-plaintext Secret/login",
    ]);
  });

  it("that is changed, at its place and without its value", async () => {
    const before = treeOf({ "apps/it.yaml": secret("stringData: { password: battery-staple }") });
    const found = await plan(before, {
      "apps/it.yaml": `# the login\n${secret("stringData: { password: correct-horse }")}`,
    });
    expect(found.risks).toMatchObject([{ place: { path: "apps/it.yaml", line: 2 } }]);
    expect(JSON.stringify(found)).not.toMatch(/correct-horse|battery-staple|Y29ycmVjd/);
  });
});

describe("what comes from a Secret", () => {
  it("decides about other risks and is not said by them", async () => {
    const variables = (tag: string): string => `apiVersion: v1
kind: Secret
metadata: { name: variables, namespace: flux-system }
stringData: { TAG: "${tag}" }
`;
    const files = {
      "apps/it.yaml":
        'apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: apps }\nspec: { containers: [{ name: web, image: "web:${TAG}" }] }\n',
    };
    const spec = {
      apps: "  postBuild: { substituteFrom: [{ kind: Secret, name: variables }] }",
    };
    const before = treeOf({ ...files, "cluster/variables.yaml": variables("31.41.59") }, spec);
    const found = await plan(before, { "cluster/variables.yaml": variables("27.18.28") });
    expect(found.risks?.map(({ code }) => code)).toEqual([
      "risk/secret-plaintext",
      "risk/version-backwards",
    ]);
    expect(found.risks?.[1]?.message).toMatch(
      /from \S*secret-[0-9a-f]{12} to \S*secret-[0-9a-f]{12}\./,
    );
    expect(JSON.stringify(found)).not.toMatch(/31\.41\.59|27\.18\.28/);
  });
});

describe("is no risk", () => {
  const sops = "sops: { mac: 'ENC[x]', version: 3.9.0, age: [{ recipient: age1x, enc: x }] }\n";

  it.each([
    ["encrypted", secret('stringData: { password: "ENC[AES256_GCM,data:x,type:str]" }', sops)],
    ["a variable", secret('stringData: { password: "${PASSWORD}" }')],
    ["an address in a store", secret("stringData: { password: op://vault/login/password }")],
    [
      "a certificate",
      secret(
        'stringData: { ca.crt: "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n" }',
      ),
    ],
    ["empty", secret("stringData: {}")],
    [
      "no Secret of Kubernetes",
      secret("stringData: { password: x }").replace("v1", "example.test/v1"),
    ],
  ])("%s", async (_, text) => {
    expect(await risks(treeOf({}), { "apps/it.yaml": text })).toEqual([]);
  });

  it("one that was there before and stays", async () => {
    const before = treeOf({ "apps/it.yaml": secret("stringData: { password: correct-horse }") });
    expect(
      await risks(before, {
        "apps/it.yaml": `# moved down\n${secret("stringData: { password: correct-horse }")}`,
      }),
    ).toEqual([]);
  });
});
