/** Digests of secret values: stable, different for different values, and on every value. */
import { describe, expect, it } from "vitest";

import { digest, maskSecret } from "../../../simulator/diff/mask.ts";

describe("digest", () => {
  it("is the same for the same value, another for another, and stays as it is", async () => {
    expect(await digest("a")).toMatch(/^secret-[0-9a-f]{12}$/);
    expect(await digest("a")).toBe(await digest("a"));
    expect(await digest("a")).not.toBe(await digest("b"));
    expect(await digest(await digest("a"))).toBe(await digest("a"));
  });
});

describe("maskSecret", () => {
  const secret = (fields: object) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    ...fields,
  });
  it("leaves no value of data and stringData, whatever their type", async () => {
    const masked = await maskSecret(
      secret({ data: { a: "cGxhaW4=", b: 7 }, stringData: { c: "plain" }, type: "Opaque" }),
    );
    expect(JSON.stringify(masked)).not.toMatch(/plain|cGxhaW4|:7/);
    expect(masked).toMatchObject({ type: "Opaque", metadata: { name: "s" } });
    expect(JSON.stringify(await maskSecret(secret({ data: ["plain"] })))).not.toContain("plain");
  });
  it("shows the digest that stands in data already, not a digest of it", async () => {
    const inner = await digest("value");
    expect(await maskSecret(secret({ data: { a: btoa(inner) } }))).toMatchObject({
      data: { a: inner },
    });
  });
  it("leaves other kinds alone", async () => {
    const other = { apiVersion: "v1", kind: "ConfigMap", data: { a: "plain" } };
    expect(await maskSecret(other)).toBe(other);
  });
});
