// A certified OpenID provider for tests: `provider.mjs PORT ACCOUNTS REDIRECT_URI`. ACCOUNTS is a JSON file with the claims of each
// account by its name, read anew at every sign-in; any password is right.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { Provider } from "oidc-provider";

const [port, accounts, redirectUri] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "caseload",
      client_secret: "secret-of-the-client",
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
  cookies: { keys: ["for-tests-only"] },
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "of-the-tests", use: "sig", alg: "RS256" }] },
  async findAccount(_context, name) {
    const claims = JSON.parse(readFileSync(accounts, "utf8"))[name];
    return claims && { accountId: name, claims: async () => ({ sub: name, ...claims }) };
  },
});
provider.listen(Number(port), "127.0.0.1");
