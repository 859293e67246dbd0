import { SignJWT, UnsecuredJWT } from 'jose';
import { channelClaims, newKey, sign, type FakeTeams } from '../support/fakeTeams.ts';

/** Authorization headers that prove nothing, by what is wrong with them. Each has to be answered with 401. */
export async function badTokens(teams: FakeTeams): Promise<Readonly<Record<string, string | undefined>>> {
  const { app, serviceUrl, keys } = teams;
  const [key] = keys;
  if (app === undefined || key === undefined) throw new Error('the fake Teams has no app');
  const claims = (change = {}) => channelClaims(app, serviceUrl, change);
  const good = await teams.token();
  const [header = '', payload = '', signature = ''] = good.split('.');
  const bearer = async (token: string | Promise<string>): Promise<string> => `Bearer ${await token}`;
  const now = Math.floor(Date.now() / 1000);
  return {
    none: undefined,
    empty: '',
    'the scheme alone': 'Bearer ',
    'another scheme': `Basic ${good}`,
    'no scheme': good,
    garbage: 'Bearer a.b.c',
    unicode: 'Bearer \u00ff\u00fe',
    'cut in two': `Bearer ${good.slice(0, 200)}`,
    'without its signature': `Bearer ${header}.${payload}.`,
    'of a changed signature': `Bearer ${header}.${payload}.${signature.slice(0, -6)}AAAAAA`,
    'unsigned (none)': await bearer(new UnsecuredJWT(claims()).encode()),
    'of another algorithm': await bearer(
      new SignJWT({ ...claims() })
        .setProtectedHeader({ alg: 'HS256', kid: key.kid })
        .sign(new TextEncoder().encode('any secret of thirty-two characters')),
    ),
    'of an unknown key': await bearer(sign(await newKey(), claims())),
    'of a foreign key under a known name': await bearer(sign(await newKey(), claims(), { kid: key.kid })),
    'for another audience': await bearer(teams.token({ aud: 'somebody-else' })),
    'of another issuer': await bearer(teams.token({ iss: 'https://evil.example' })),
    'that ended': await bearer(teams.token({ exp: now - 3600 })),
    'without an end': await bearer(teams.token({ exp: undefined })),
    'not yet valid': await bearer(teams.token({ nbf: now + 3600 })),
    'for another service URL': await bearer(teams.token({ serviceurl: 'https://evil.example' })),
    'without a service URL': await bearer(teams.token({ serviceurl: undefined })),
  };
}
