/** Throw-away certificates and tokens of one test cluster, made with `openssl`, and the kubeconfigs that carry them. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Pki {
  readonly folder: string;
  readonly ca: string;
  readonly admin: { readonly certificate: string; readonly key: string };
  readonly tokens: { readonly admin: string; readonly dev: string };
}

const days = ["-days", "2"];
/** Users with a certificate and all rights. */
const masters = [
  ...["admin", "source-controller", "kustomize-controller", "helm-controller"],
  ...["notification-controller", "flux-operator"],
];

export function makePki(folder: string): Pki {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const key = (name: string): void =>
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", `${name}.key`);
  const sign = (name: string, subject: string, extensions: string): void => {
    key(name);
    writeFileSync(join(folder, `${name}.ext`), extensions);
    openssl("req", "-new", "-key", `${name}.key`, "-subj", subject, "-out", `${name}.csr`);
    openssl(
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.crt", "-CAkey", "ca.key"],
      ...["-CAcreateserial", ...days, "-out", `${name}.crt`, "-extfile", `${name}.ext`],
    );
  };
  key("ca");
  openssl(
    ...["req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=test-ca", ...days],
    ...["-out", "ca.crt"],
  );
  const names = "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc";
  sign(
    "apiserver",
    "/CN=kube-apiserver",
    `subjectAltName=IP:127.0.0.1,IP:10.0.0.1,${names}\nextendedKeyUsage=serverAuth\n`,
  );
  for (const user of masters)
    sign(user, `/O=system:masters/CN=${user}`, "extendedKeyUsage=clientAuth\n");
  key("sa");
  openssl("ec", "-in", "sa.key", "-pubout", "-out", "sa.pub");
  const tokens = { admin: randomBytes(16).toString("hex"), dev: randomBytes(16).toString("hex") };
  const rows = [`${tokens.admin},admin,admin,"system:masters"`, `${tokens.dev},dev,dev,"devs"`];
  writeFileSync(join(folder, "tokens.csv"), `${rows.join("\n")}\n`, { mode: 0o600 });
  return {
    folder,
    ca: read("ca.crt"),
    admin: { certificate: read("admin.crt"), key: read("admin.key") },
    tokens,
  };
}

/** A kubeconfig for one user with a client certificate of the PKI. Answers its path. */
export function writeKubeconfig(pki: Pki, user: string, server: string): string {
  const encoded = (file: string): string => readFileSync(join(pki.folder, file)).toString("base64");
  const credentials = `client-certificate-data: ${encoded(`${user}.crt`)}, client-key-data: ${encoded(`${user}.key`)}`;
  return write(pki, user, server, credentials);
}

/** A kubeconfig for the restricted user, who has a token and no rights but those that a test gives to the group `devs`. */
export function writeDevKubeconfig(pki: Pki, server: string): string {
  return write(pki, "dev", server, `token: ${pki.tokens.dev}`);
}

function write(pki: Pki, user: string, server: string, credentials: string): string {
  const path = join(pki.folder, `${user}.kubeconfig`);
  const ca = Buffer.from(pki.ca).toString("base64");
  const text = `apiVersion: v1
kind: Config
clusters:
  - {name: test, cluster: {server: "${server}", certificate-authority-data: ${ca}}}
users:
  - {name: ${user}, user: {${credentials}}}
contexts:
  - {name: ${user}@test, context: {cluster: test, user: ${user}}}
current-context: ${user}@test
`;
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
