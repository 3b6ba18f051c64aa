/** Addresses of OCI repositories, as go-containerregistry reads them. */
import { expect, it } from "vitest";

import {
  mayBePlain,
  parseRepository,
  shownRepository,
} from "../../../../simulator/node/oci/reference.ts";

it.each([
  ["oci://ghcr.io/org/app", "ghcr.io", "org/app", "oci://ghcr.io/org/app"],
  ["oci://ghcr.io/org/app/", "ghcr.io", "org/app", "oci://ghcr.io/org/app"],
  ["oci://localhost/app", "localhost", "app", "oci://localhost/app"],
  ["oci://registry:5000/app", "registry:5000", "app", "oci://registry:5000/app"],
  ["oci://[::1]:5000/app", "[::1]:5000", "app", "oci://[::1]:5000/app"],
  ["oci://docker.io/org/app", "index.docker.io", "org/app", "oci://docker.io/org/app"],
  ["oci://docker.io/app", "index.docker.io", "library/app", "oci://docker.io/library/app"],
  ["oci://org/app", "index.docker.io", "org/app", "oci://docker.io/org/app"],
  ["oci://app", "index.docker.io", "library/app", "oci://docker.io/library/app"],
])("%s", (url, registry, path, shown) => {
  expect(parseRepository(url)).toEqual({ registry, path });
  expect(shownRepository(parseRepository(url))).toBe(shown);
});

it.each([
  "ghcr.io/org/app",
  "oci:ghcr.io/org/app",
  "oci://ghcr.io/org/app:1.0.0",
  "oci://ghcr.io/org/app@sha256:0",
  "oci://ghcr.io/",
  "oci://ghcr.io/../v2/_catalog",
  "oci://ghcr.io/org//app",
  "oci://ghcr.io/org/app?x=y",
  "oci://ghcr.io/org/app#x",
  "oci://ghcr.io/Org/app",
  "oci://user:password@ghcr.io/org/app",
  "oci://ghcr.io:99999/org/app",
  "oci://-/app",
])("%s is none", (url) => {
  expect(() => parseRepository(url)).toThrow(expect.objectContaining({ reason: "invalid" }));
});

it("says which hosts may be asked without encryption", () => {
  const plain = [
    "localhost",
    "localhost:5000",
    "127.0.0.1:5000",
    "[::1]:5000",
    "10.0.0.1",
    "192.168.1.1:80",
    "172.31.0.1",
    "registry.svc.cluster.local:5000",
  ];
  const encrypted = [
    "ghcr.io",
    "172.32.0.1",
    "11.0.0.1",
    "local.example",
    "localhost.example",
    "10.example",
  ];
  expect(plain.filter((host) => !mayBePlain(host, false))).toEqual([]);
  expect(encrypted.filter((host) => mayBePlain(host, false))).toEqual([]);
  expect(encrypted.filter((host) => !mayBePlain(host, true))).toEqual([]);
});
