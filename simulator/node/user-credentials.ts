/** What the user has stored for Docker and Helm, read when a server first asks for it. */
import { noCredentials, type UserCredentials } from "./fetcher.ts";

/** Helpers that those programs name are run, so this is for workspaces that the user trusts. */
export function credentialsWhenNeeded(): UserCredentials {
  let made: Promise<UserCredentials> | undefined;
  const credentials = (): Promise<UserCredentials> => (made ??= load());
  return {
    ...noCredentials,
    registry: async (host, signal) => (await credentials()).registry(host, signal),
    helmRepository: async (url, signal) => (await credentials()).helmRepository(url, signal),
  };
}

async function load(): Promise<UserCredentials> {
  const [{ createUserCredentials }, { runCredentialHelper }] = await Promise.all([
    import("./oci/user-credentials.ts"),
    import("./oci/credential-helper.ts"),
  ]);
  return createUserCredentials({ env: process.env, runHelper: runCredentialHelper });
}
