// Decryption, what stands for values that cannot be decrypted, and answers without any secret value.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { build, configMap, objectsOf, type Files } from "./fixture.ts";

const data = (name: string): string =>
  readFileSync(new URL(`../../../simulator/engine/sops/testdata/${name}`, import.meta.url), "utf8");
const key = data("key.txt");
const decryption = { provider: "sops", secretRef: { name: "keys" } };
const keys = {
  kind: "Secret" as const,
  namespace: "flux-system",
  name: "keys",
  data: { "identity.agekey": key },
};
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const generated: Files = {
  "kustomization.yaml":
    "secretGenerator:\n  - name: made\n    options: {disableNameSuffixHash: true}\n    envs: [settings.env]\n    files: [values.json, blob.bin]\n",
  "settings.env": data("settings.env"),
  "values.json": data("values.json"),
  "blob.bin": data("blob.bin"),
};
const resource: Files = { "secret.yaml": data("secret.yaml") };
const fieldsOf = (result: Parameters<typeof objectsOf>[0]) =>
  objectsOf(result)[0]?.["data"] as Record<string, string>;

describe("with the key", () => {
  it("decrypts the files of generators", () => {
    expect(fieldsOf(build(generated, { decryption }, { objects: [keys] }))).toMatchObject({
      USER: base64("me"),
      PASS: base64("hunter2"),
      "blob.bin": base64("hunter2\n"),
    });
  });

  it("takes the user's keys as well", () => {
    const user = { decryption: { provider: "sops" } };
    expect(fieldsOf(build(generated, user, { ageIdentities: [key] }))["PASS"]).toBe(
      base64("hunter2"),
    );
  });

  it("decrypts resources, and does not show a value when the API server would quote it", () => {
    // `number: 42` is no string, so the Secret is refused.
    const { failure } = build(resource, { decryption }, { objects: [keys] });
    expect(failure).toMatchObject({ stage: "apply", object: "Secret//s" });
    expect(failure?.message).toMatch(
      /\.stringData\.(number|flag|float): expected string, got &value\.valueUnstructured\{Value:secret-[0-9a-f]{12}\}/u,
    );
  });

  it("leaves a file alone whose mac is quoted, as the controller does", () => {
    const quoted = {
      ...generated,
      "blob.bin": data("blob.bin").replace('"mac": "ENC[', '"mac":"ENC['),
    };
    expect(
      atob(fieldsOf(build(quoted, { decryption }, { objects: [keys] }))["blob.bin"] ?? ""),
    ).toContain("ENC[AES256_GCM");
  });
});

describe("without the key", () => {
  it("fails where the Secret with the keys is missing", () => {
    const result = build(generated, { decryption });
    expect(result.failure).toMatchObject({
      stage: "decrypt",
      reason: "BuildFailed",
      message: 'secrets "keys" not found',
    });
    expect(result.needs).toMatchObject([{ kind: "Secret", key: "Secret/flux-system/keys" }]);
  });

  it("fails where the keys do not match, if that is wanted", () => {
    const empty = { ...keys, data: {} };
    expect(build(generated, { decryption }, { objects: [empty] }).failure).toMatchObject({
      stage: "decrypt",
    });
  });

  it("otherwise shows a digest for each value and says so", () => {
    const changes = { assumed: ["Secret/flux-system/keys"], undecryptable: "placeholder" as const };
    const result = build(generated, { decryption }, changes);
    const fields = fieldsOf(result);
    expect(atob(fields["PASS"] ?? "")).toMatch(/^secret-[0-9a-f]{12}$/u);
    expect(result.warnings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "undecrypted values.json",
      "undecrypted blob.bin",
      "undecrypted settings.env",
    ]);
    expect(build(resource, { decryption }, changes).failure).toBeUndefined();
    expect(JSON.stringify(build(resource, { decryption }, changes).objects)).not.toContain("ENC[");
  });
});

describe("without decryption", () => {
  it("refuses ciphertext in a Secret's data only", () => {
    const encrypted = (field: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: demo}\n${field}: {k: "ENC[AES256_GCM,data:x]"}\nsops: {mac: m}\n`;
    expect(build({ "s.yaml": encrypted("data") }).failure?.message).toBe(
      "Secret/demo/s is SOPS encrypted, configuring decryption is required for this secret to be reconciled",
    );
    expect(build({ "s.yaml": encrypted("stringData") }).failure).toBeUndefined();
  });
});

describe("a masked answer", () => {
  const secret = {
    kind: "Secret" as const,
    namespace: "flux-system",
    name: "vars",
    data: { password: "correct horse", port: "8080", yes: "true" },
  };
  const postBuild = { substituteFrom: [{ kind: "Secret", name: "vars" }] };
  const masked = { objects: [secret, keys], mode: "masked" as const };

  it("has a digest wherever a value went, also inside other text", () => {
    const files = {
      "a.yaml": configMap("a", { url: "user:${password}@host", plain: "correct" }),
      "b.yaml": configMap("b", { p: "${password}" }),
    };
    const result = build(files, { postBuild }, masked);
    const [first, second] = objectsOf(result).map(
      (object) => object["data"] as Record<string, string>,
    );
    expect(first?.["url"]).toMatch(/^user:secret-[0-9a-f]{12}@host$/u);
    expect(first?.["url"]).toContain(second?.["p"]);
    expect(first?.["plain"]).toBe("correct");
    expect(JSON.stringify(result)).not.toContain("horse");
  });

  it("keeps typed objects whole and their names", () => {
    const files = {
      "kustomization.yaml":
        "resources: [svc.yaml]\nsecretGenerator: [{name: made, literals: ['k=${password}']}]\n",
      "svc.yaml":
        "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: demo}\nspec:\n  ports:\n    - port: ${port}\n",
    };
    const exact = build(files, { postBuild }, { objects: [secret] });
    const result = build(files, { postBuild }, masked);
    expect(result.failure).toBeUndefined();
    expect(result.objects.map(({ name }) => name)).toEqual(exact.objects.map(({ name }) => name));
    const service = objectsOf(result)[0] as { spec: { ports: [{ port: unknown }] } };
    expect(service.spec.ports[0].port).toMatch(/^secret-/u);
    expect(JSON.stringify(result)).not.toContain("8080");
  });

  it("masks Secrets that stand in the repository, each value by its own digest", () => {
    const plain = JSON.stringify({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s" },
      stringData: { a: "one", b: "two", c: "one" },
    });
    const fields = fieldsOf(build({ "s.yaml": plain }, {}, masked));
    expect(fields["a"]).toMatch(/^secret-[0-9a-f]{12}$/u);
    expect(fields["c"]).toBe(fields["a"]);
    expect(fields["b"]).not.toBe(fields["a"]);
  });

  it("masks what was encrypted", () => {
    const result = build(generated, { decryption }, masked);
    expect(
      Object.values(fieldsOf(result)).every((value) => /^secret-[0-9a-f]{12}$/u.test(value)),
    ).toBe(true);
    expect(JSON.stringify(result)).not.toContain(base64("hunter2"));
  });

  it("leaves an answer alone that no secret touches", () => {
    const files = { "a.yaml": configMap("a", { k: "true" }) };
    expect(build(files, {}, masked).objects).toEqual(build(files).objects);
  });
});
