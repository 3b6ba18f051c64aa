/** What registries ask for in `WWW-Authenticate`. */
import { expect, it } from "vitest";

import { parseChallenge } from "../../../../simulator/node/oci/challenge.ts";

const bearer = { scheme: "bearer", realm: "https://auth.example/token" };

it.each([
  [
    'Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull"',
    { ...bearer, service: "registry", scope: "repository:a/b:pull" },
  ],
  ["bearer REALM = https://auth.example/token", bearer],
  ['Bearer realm="https://auth.example/token", error="say \\"please\\", realm=x"', bearer],
  ['Basic realm="a, Bearer", Bearer realm="https://auth.example/token"', bearer],
  ['Basic realm="tests"', { scheme: "basic" }],
  ["Basic", { scheme: "basic" }],
  ['Negotiate abc, Basic realm="x"', { scheme: "basic" }],
  ['Bearer service="x", Basic realm="y"', { scheme: "basic" }],
  ["Digest realm=x", undefined],
  ["Bearer", undefined],
  ["", undefined],
  ['"', undefined],
])("%s", (header, expected) => {
  expect(parseChallenge(header)).toEqual(expected);
});

it("is found at the beginning, and not behind more than anybody writes", () => {
  expect(parseChallenge(`${"x=y, ".repeat(1000)}Basic realm="z"`)).toEqual({ scheme: "basic" });
  expect(parseChallenge(`${"x=y, ".repeat(2000)}Basic realm="z"`)).toBeUndefined();
});
