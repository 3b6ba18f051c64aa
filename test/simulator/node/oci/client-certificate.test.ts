/** The certificate by which a client is known to a registry: nobody else is shown it. */
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";

import { expect, it, onTestFinished } from "vitest";

import { fetchOci } from "../../../../simulator/node/oci/fetch-oci.ts";
import { failureOf, fetchContext } from "../../../support/fetch-context.ts";
import { testCertificate, testKey } from "../../../support/tls.ts";

interface Seen {
  readonly host: string;
  /** For each request, whether the client showed a certificate. */
  readonly certificates: readonly boolean[];
}

async function serve(listener: RequestListener): Promise<Seen> {
  const certificates: boolean[] = [];
  const server = createServer(
    {
      key: testKey,
      cert: testCertificate,
      ca: testCertificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      certificates.push((request.socket as TLSSocket).authorized);
      listener(request, response);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, certificates };
}

it("is for the registry, and neither for its token server nor for where its blobs are", async () => {
  const manifest = JSON.stringify({
    layers: [{ digest: `sha256:${"0".repeat(64)}`, size: 1 }],
  });
  const tokens = await serve((_, response) => void response.end('{"token":"x"}'));
  const blobs = await serve((_, response) => void response.writeHead(404).end());
  const registry = await serve(({ url, headers }, response) => {
    const challenge = `Bearer realm="https://${tokens.host}/token"`;
    if (headers.authorization === undefined)
      response.writeHead(401, { "www-authenticate": challenge }).end();
    else if (url?.includes("/blobs/"))
      response.writeHead(307, { location: `https://${blobs.host}/blob` }).end();
    else response.end(manifest);
  });
  const certificates = {
    "ca.crt": testCertificate,
    "tls.crt": testCertificate,
    "tls.key": testKey,
  };
  const url = `oci://${registry.host}/app`;
  const answer = fetchOci({ kind: "oci", url, access: { certificates } }, fetchContext());
  expect(await failureOf(answer)).not.toBe("available");
  expect(registry.certificates).toEqual([true, true, true]);
  expect(tokens.certificates).toEqual([false]);
  expect(blobs.certificates.filter(Boolean)).toEqual([]);
});
