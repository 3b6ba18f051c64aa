/** A token server as Docker's registry expects one: it knows one user and signs what that user may do for five minutes. */
import { createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import { testCertificate, testKey } from "../tls.ts";

export interface TokenServer {
  readonly realm: string;
  /** Method, path and the `Authorization` scheme of each request, oldest first. */
  readonly requests: readonly string[];
  tokenFor(repository: string, actions: readonly string[]): string;
  close(): Promise<void>;
}

/** Repositories whose name begins with `public/` may be read by everyone. */
export async function startTokenServer(user: {
  readonly username: string;
  readonly password: string;
}): Promise<TokenServer> {
  const requests: string[] = [];
  const expected = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString("base64")}`;
  const server = createServer((request, response) => {
    const authorization = request.headers.authorization ?? "";
    requests.push(
      `${request.method ?? ""} ${request.url ?? ""} ${authorization.split(" ")[0] ?? ""}`.trim(),
    );
    void parametersOf(request).then((parameters) => {
      const [, repository = "", actions = ""] = (parameters.get("scope") ?? "").split(":");
      const isKnown =
        authorization === expected || parameters.get("refresh_token") === "refresh me";
      if (!isKnown && (authorization !== "" || !repository.startsWith("public/")))
        return response.writeHead(401).end();
      const token = tokenFor(repository, actions.split(","));
      return response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify(request.method === "POST" ? { access_token: token } : { token }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    realm: `http://127.0.0.1:${port}/token`,
    requests,
    tokenFor,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function parametersOf(request: IncomingMessage): Promise<URLSearchParams> {
  if (request.method !== "POST") return new URL(request.url ?? "/", "http://server").searchParams;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** RFC 7519, with the certificate in the header (`x5c`), by which the registry checks the signature. */
function tokenFor(repository: string, actions: readonly string[]): string {
  const now = Math.floor(Date.now() / 1000);
  const certificate = new X509Certificate(testCertificate).raw.toString("base64");
  const header = { typ: "JWT", alg: "ES256", x5c: [certificate] };
  const claims = {
    iss: "tests",
    sub: "tester",
    aud: "registry",
    exp: now + 300,
    nbf: now - 60,
    iat: now,
    jti: randomUUID(),
    access: [{ type: "repository", name: repository, actions }],
  };
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign("sha256", Buffer.from(text), {
    key: createPrivateKey(testKey),
    dsaEncoding: "ieee-p1363",
  });
  return `${text}.${signature.toString("base64url")}`;
}
