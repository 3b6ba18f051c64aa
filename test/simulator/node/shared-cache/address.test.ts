/** Addresses of shared caches, and the variables that belong to them. */
import { expect, test } from "vitest";

import { parseSharedCache } from "../../../../simulator/node/shared-cache/address.ts";

test.each([
  ["oci://ghcr.io/org/cache", "oci://ghcr.io/org/cache:sluice-cache"],
  ["oci://localhost:5000/cache:main", "oci://localhost:5000/cache:main"],
  ["s3://bucket", "s3://bucket"],
  ["s3://bucket/a/b/", "s3://bucket/a/b"],
])("%s", (address, shown) => {
  expect(parseSharedCache(address, {}).shown).toBe(shown);
});

test.each([
  "https://host/cache",
  "/tmp/cache",
  "oci://host/UPPER",
  "oci://ghcr.io/org/cache:a b",
  "s3://",
  "s3://Bucket",
  "s3://b",
  "s3://bucket/a?b",
])("%s is refused", (address) => {
  expect(() => parseSharedCache(address, {})).toThrow(/--cache/);
});

test("the variables of AWS say where and as whom", () => {
  const env = {
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "key",
    AWS_SESSION_TOKEN: "token",
    AWS_DEFAULT_REGION: "eu-west-3",
  };
  expect(parseSharedCache("s3://bucket", env)).toMatchObject({
    bucket: {
      origin: "https://s3.eu-west-3.amazonaws.com",
      region: "eu-west-3",
      keys: { accessKey: "id", secretKey: "key", sessionToken: "token" },
    },
  });
  const own = { AWS_ENDPOINT_URL: "http://minio.test:9000/" };
  expect(parseSharedCache("s3://bucket", own)).toMatchObject({
    bucket: { origin: "http://minio.test:9000", keys: undefined },
  });
});
