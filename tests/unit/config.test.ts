import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { describeProblems, isAllowedServiceUrl, readSettings, Secret } from '../../src/config.ts';
import type { SettingProblem, Settings } from '../../src/config.ts';

const guid = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0001';

/** The least that a registered bot needs. */
const registered = {
  KEYSMITH_POLICY: 'env/policy.yml',
  MicrosoftAppId: guid,
  MicrosoftAppPassword: 'hunter2',
  MicrosoftAppTenantId: guid,
};

/** The least that a bot without authentication needs. */
const local = {
  KEYSMITH_POLICY: 'env/policy.yml',
  KEYSMITH_SERVICE_URLS: 'http://localhost:56150',
  AZURE_CLOUD: 'custom',
  AZURE_RESOURCE_MANAGER_ENDPOINT: 'https://127.0.0.1:7443',
  AZURE_METRICS_ENDPOINT: 'https://127.0.0.1:7443',
  AZURE_PORTAL_ENDPOINT: 'https://127.0.0.1:7443/portal',
};

const cloud = {
  ToChannelFromBotLoginUrl: 'https://login.example/t',
  ToChannelFromBotOAuthScope: 'https://api.example',
  ToBotFromChannelTokenIssuer: 'https://api.example',
  OAuthUrl: 'https://oauth.example',
  ToBotFromChannelOpenIdMetadataUrl: 'https://keys.example/a',
  ToBotFromEmulatorOpenIdMetadataUrl: 'https://keys.example/b',
  CallerId: 'urn:example',
  ValidateAuthority: 'true',
};

describe('what is set', () => {
  test('a registered bot needs a policy, an id, a secret and a tenant, and no more', () => {
    const settings = read(registered);
    expect(settings.role).toBe('all');
    expect(settings.listen).toEqual({ host: '127.0.0.1', port: 3978 });
    expect(settings.database).toBeNull();
    expect(settings.bot.app).toMatchObject({ type: 'SingleTenant', id: guid, tenantId: guid });
    expect(settings.azure?.resourceManager).toBe('https://management.azure.com');
    expect(settings.calls).toMatchObject({ proofAnswers: 20, proofEvery: 15_000, proofWithin: 1_800_000 });
    expect(settings.lease).toBeGreaterThan(settings.calls.timeout + settings.calls.margin);
  });

  test('a setting that is there but empty, or blank, counts as not set', () => {
    expect(read({ ...registered, PORT: '', HOST: '  ' }).listen).toEqual({ host: '127.0.0.1', port: 3978 });
    expect(wrong({ ...registered, KEYSMITH_POLICY: ' ' })).toEqual(['KEYSMITH_POLICY is missing']);
  });

  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['10m', 600_000],
    ['1.5h', 5_400_000],
  ])('reads the duration %s', (written, ms) => {
    expect(read({ ...registered, KEYSMITH_SWEEP_EVERY: written }).sweepEvery).toBe(ms);
  });

  test.each(['30', '-3s', '0s', 'soon', '2y', '25d', '1e3s'])('refuses the duration %s', (written) => {
    const says = 'KEYSMITH_SWEEP_EVERY is not a duration';
    expect(wrong({ ...registered, KEYSMITH_SWEEP_EVERY: written })).toEqual([says]);
  });

  test.each(['-1', '65536', '3978.5', '0x10', 'http'])('refuses the port %s', (written) => {
    expect(wrong({ ...registered, PORT: written })).toHaveLength(1);
  });

  test('a worker listens nowhere', () => {
    expect(read({ ...registered, KEYSMITH_ROLE: 'worker' }).listen).toBeNull();
  });

  test('each cloud has its endpoints, and each can be replaced', () => {
    const usgov = read({
      ...registered,
      AZURE_CLOUD: 'USGov',
      AZURE_PORTAL_ENDPOINT: 'https://portal.example/',
    });
    expect(usgov.azure).toMatchObject({
      resourceManager: 'https://management.usgovcloudapi.net',
      metrics: 'https://{region}.metrics.monitor.azure.us',
      authority: 'https://login.microsoftonline.us',
    });
    expect(usgov.portal).toBe('https://portal.example');
  });

  test('a bot is asked for nothing of Azure but where its links lead', () => {
    const bot = { ...registered, KEYSMITH_ROLE: 'bot' };
    expect(read(bot)).toMatchObject({ azure: null, portal: 'https://portal.azure.com' });
    const custom = { ...bot, AZURE_CLOUD: 'custom' };
    expect(wrong(custom)).toEqual(['AZURE_PORTAL_ENDPOINT is missing, and AZURE_CLOUD custom needs it']);
    const linked = read({ ...custom, AZURE_PORTAL_ENDPOINT: 'https://portal.example' });
    expect(linked).toMatchObject({ azure: null, portal: 'https://portal.example' });
  });

  test('a token for the real Azure is never meant for an endpoint of one’s own', () => {
    const own = { AZURE_RESOURCE_MANAGER_ENDPOINT: 'https://arm.example' };
    expect(read({ ...registered, ...own }).azure?.audience).toBe('https://arm.example');
  });

  test.each([
    ['public', 'https://graph.microsoft.com', 'https://sts.windows.net/{tenant}/'],
    ['usgov', 'https://graph.microsoft.us', 'https://sts.windows.net/{tenant}/'],
    ['china', 'https://microsoftgraph.chinacloudapi.cn', 'https://sts.chinacloudapi.cn/{tenant}/'],
  ])('the cloud %s has its Graph, and issuers of people’s tokens', (cloud, graph, issuer) => {
    const settings = read({ ...registered, AZURE_CLOUD: cloud });
    expect(settings.azure?.graph).toBe(graph);
    expect(settings.signIn?.issuers).toContain(issuer);
    expect(settings.signIn).toMatchObject({ audiences: [guid], time: 'auth_time' });
    expect(settings.directoryTenant).toBe(guid);
  });

  test('a custom cloud has no Graph unless one is set, and nobody signs in to a bot without an app id', () => {
    expect(read(local)).toMatchObject({ signIn: null, directoryTenant: null });
    expect(read(local).azure?.graph).toBeNull();
    const own = { AZURE_GRAPH_ENDPOINT: 'https://127.0.0.1:7449/', AZURE_TENANT_ID: guid };
    expect(read({ ...local, ...own }).azure?.graph).toBe('https://127.0.0.1:7449');
    expect(read({ ...local, ...own }).directoryTenant).toBe(guid);
  });

  test('a sign-in is for this bot, and an authority of one’s own issues in its own name', () => {
    const uri = `api://bot.example/botid-${guid}`;
    const own = { KEYSMITH_SIGN_IN_AUDIENCE: uri, KEYSMITH_SIGN_IN_AUTHORITY: 'http://127.0.0.1:9/' };
    expect(read({ ...registered, ...own }).signIn).toEqual({
      authority: 'http://127.0.0.1:9',
      issuers: ['http://127.0.0.1:9/{tenant}/v2.0', 'http://127.0.0.1:9/{tenant}/'],
      audiences: [guid, uri],
      time: 'auth_time',
    });
    const foreign = { ...registered, KEYSMITH_SIGN_IN_AUDIENCE: 'api://bot.example/botid-1' };
    expect(wrong(foreign)).toEqual(["KEYSMITH_SIGN_IN_AUDIENCE does not end in the bot's MicrosoftAppId"]);
    expect(wrong({ ...registered, KEYSMITH_SIGN_IN_AUDIENCE: guid })).toHaveLength(1);
  });

  test('nobody looks for longer than somebody waits', () => {
    const says = 'KEYSMITH_LOOKUP_WITHIN is longer than KEYSMITH_ANSWER_WITHIN';
    expect(wrong({ ...registered, KEYSMITH_LOOKUP_WITHIN: '4s' })).toEqual([says]);
  });

  test('Teams’ service URLs follow the cloud of Teams', () => {
    expect(read(registered).bot.serviceUrls).toContain('https://smba.trafficmanager.net');
    const gov = read({ ...registered, ChannelService: 'https://botframework.azure.us' });
    expect(gov.bot.serviceUrls).toContain('https://smba.infra.gov.teams.microsoft.us');
    expect(gov.bot.cloud).toEqual({ ChannelService: 'https://botframework.azure.us' });
  });

  test('Bot Framework’s cloud settings are handed on under their own names', () => {
    expect(read({ ...registered, ...cloud }).bot.cloud).toEqual(cloud);
  });

  test('the direct connection is the ordinary one unless there is a pooler', () => {
    const url = 'postgresql://keysmith:pw@db.example/keysmith';
    const direct = 'postgresql://keysmith:pw@db.example:6432/keysmith';
    expect(read({ ...registered, DATABASE_URL: url }).database?.direct.reveal()).toBe(url);
    const both = { DATABASE_URL: url, DATABASE_DIRECT_URL: direct };
    expect(read({ ...registered, ...both }).database?.direct.reveal()).toBe(direct);
  });
});

describe('what does not go together', () => {
  test('every problem is told at once', () => {
    const problems = wrong({
      PORT: 'x',
      KEYSMITH_LOG: 'loud',
      MicrosoftAppId: guid,
      KEYSMITH_PROOF_ANSWERS: '0',
    });
    expect(problems.map((text) => text.split(' ')[0])).toEqual([
      'KEYSMITH_LOG',
      'KEYSMITH_POLICY',
      'PORT',
      'KEYSMITH_PROOF_ANSWERS',
      'MicrosoftAppPassword',
      'MicrosoftAppTenantId',
    ]);
  });

  test('a rule about a setting that cannot be read waits until it can', () => {
    expect(wrong({ ...registered, KEYSMITH_LEASE: '1', KEYSMITH_AZURE_TIMEOUT: '10m' })).toEqual([
      'KEYSMITH_LEASE is not a duration',
    ]);
  });

  test('without an app id everything must be on this machine', () => {
    expect(read(local).bot.app).toBeNull();
    const said = wrong({ KEYSMITH_POLICY: 'p.yml', HOST: '0.0.0.0' }).join();
    for (const name of [
      'HOST',
      'AZURE_RESOURCE_MANAGER_ENDPOINT',
      'AZURE_METRICS_ENDPOINT',
      'AZURE_PORTAL_ENDPOINT',
      'KEYSMITH_SERVICE_URLS',
    ]) {
      expect(said).toContain(name);
    }
  });

  test.each([
    ['HOST', '192.168.1.10'],
    ['HOST', '::'],
    ['AZURE_RESOURCE_MANAGER_ENDPOINT', 'https://management.azure.com'],
    ['AZURE_METRICS_ENDPOINT', 'https://{region}.metrics.monitor.azure.com'],
    ['AZURE_PORTAL_ENDPOINT', 'https://127.0.0.1.example.com'],
    ['AZURE_AUTHORITY_HOST', 'https://login.microsoftonline.com'],
    ['IDENTITY_ENDPOINT', 'http://169.254.129.4:8081/msi/token'],
    ['KEYSMITH_SERVICE_URLS', 'http://localhost:56150, https://smba.trafficmanager.net'],
  ])('without an app id %s may not be %s', (name, value) => {
    const problems = wrong({ ...local, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^MicrosoftAppId is missing: .* ${name} would`));
  });

  test('a worker without an app id cannot reach the real Azure either', () => {
    expect(read({ ...local, KEYSMITH_ROLE: 'worker', HOST: '0.0.0.0' }).listen).toBeNull();
    expect(
      wrong({ ...local, KEYSMITH_ROLE: 'worker', AZURE_CLOUD: 'public', AZURE_METRICS_ENDPOINT: '' }),
    ).toHaveLength(1);
  });

  test('an app id needs its secret and its tenant, unless it is a managed identity', () => {
    const { MicrosoftAppPassword: _password, ...managed } = registered;
    expect(wrong(managed)).toEqual(['MicrosoftAppPassword is missing']);
    const type = { MicrosoftAppType: 'UserAssignedMSI' };
    expect(read({ ...managed, ...type }).bot.app).toEqual({
      type: 'UserAssignedMSI',
      id: guid,
      tenantId: guid,
    });
    expect(wrong({ ...registered, ...type })).toEqual([
      'MicrosoftAppPassword has no place beside a managed identity',
    ]);
    expect(wrong({ ...registered, MicrosoftAppTenantId: '' })).toHaveLength(1);
    const everybodys = { ...registered, MicrosoftAppTenantId: '', MicrosoftAppType: 'MultiTenant' };
    expect(read({ ...everybodys, KEYSMITH_TENANTS: guid }).bot.app?.id).toBe(guid);
    expect(wrong(everybodys)).toEqual([expect.stringMatching(/^KEYSMITH_TENANTS is missing/)]);
  });

  test('people of the bot’s own tenant are heard, and of others that are named', () => {
    expect(read(registered).bot.tenants).toEqual({ home: guid, named: [] });
    const other = 'AAAAAAAA-0000-4000-8000-000000000001';
    expect(read({ ...registered, KEYSMITH_TENANTS: `${guid}, ${other}` }).bot.tenants.named).toEqual([
      guid,
      other.toLowerCase(),
    ]);
    expect(wrong({ ...registered, KEYSMITH_TENANTS: 'contoso.com' })).toHaveLength(1);
  });

  test('a secret without its id is a typing error, not a bot without authentication', () => {
    const { MicrosoftAppId: _id, ...rest } = registered;
    expect(wrong({ ...local, ...rest })).toEqual([
      'MicrosoftAppId is missing although MicrosoftAppPassword is set',
    ]);
  });

  test.each(Object.keys(cloud))(
    'Bot Framework’s cloud settings come together: %s cannot be left out',
    (name) => {
      const problems = wrong({ ...registered, ...cloud, [name]: '' });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name} is missing`));
    },
  );

  test.each(['AZURE_PORTAL_ENDPOINT', 'ToBotFromChannelOpenIdMetadataUrl', 'KEYSMITH_SERVICE_URLS'])(
    '%s takes plain http to this machine only',
    (name) => {
      const all = { ...registered, ...cloud };
      read({ ...all, [name]: 'http://127.0.0.1:7443' });
      expect(wrong({ ...all, [name]: 'http://arm.example' })).toEqual([expect.stringContaining(name)]);
    },
  );

  test.each([
    'AZURE_RESOURCE_MANAGER_ENDPOINT',
    'AZURE_RESOURCE_MANAGER_AUDIENCE',
    'AZURE_METRICS_ENDPOINT',
    'AZURE_AUTHORITY_HOST',
  ])('%s, where tokens go, takes no plain http at all', (name) => {
    read({ ...registered, [name]: 'https://127.0.0.1:7443' });
    expect(wrong({ ...registered, [name]: 'http://127.0.0.1:7443' })).toEqual([
      `${name} is no https address`,
    ]);
    expect(wrong({ ...registered, [name]: 'https://u:p@arm.example' })).toEqual([
      `${name} is no https address`,
    ]);
  });

  test('a custom cloud needs its endpoints', () => {
    expect(wrong({ ...registered, AZURE_CLOUD: 'custom' })).toHaveLength(3);
  });

  test('a lease lasts longer than a request and the margin after it', () => {
    const slow = { KEYSMITH_AZURE_TIMEOUT: '20s', KEYSMITH_LOOK_MARGIN: '10s' };
    expect(wrong({ ...registered, ...slow, KEYSMITH_LEASE: '30s' })).toHaveLength(1);
    expect(read({ ...registered, ...slow, KEYSMITH_LEASE: '30.001s' }).lease).toBe(30_001);
  });

  test('other pairs that contradict each other are refused', () => {
    expect(wrong({ ...registered, DATABASE_DIRECT_URL: 'postgres://h/d' })).toHaveLength(1);
    expect(wrong({ ...registered, IDENTITY_HEADER: 'x' })).toHaveLength(1);
    expect(wrong({ ...registered, KEYSMITH_PROOF_EVERY: '1h' })).toHaveLength(1);
    expect(wrong({ ...registered, KEYSMITH_ANSWER_WITHIN: '8.1s' })).toHaveLength(1);
    expect(wrong({ ...registered, KEYSMITH_TEAMS_TIMEOUT: '3m' })).toHaveLength(1);
  });

  test.each([
    ['KEYSMITH_POLCY', 'KEYSMITH_POLICY'],
    ['keysmith_role', 'KEYSMITH_ROLE'],
    ['MicrosoftAppID', 'MicrosoftAppId'],
  ])('%s is probably a typing error for %s', (written, meant) => {
    const result = readSettings({ ...registered, [written]: 'x' });
    expect(result.ok ? [] : result.error).toEqual([
      { setting: written, says: 'is not a setting', write: `${meant} if that is what you meant` },
    ]);
  });

  test('other programs’ variables are none of our business', () => {
    read({ ...registered, PATH: '/bin', AZURE_CLIENT_ID: guid, npm_config_x: '1' });
  });
});

describe('secrets', () => {
  const poison = 'S3CR3T-value';

  test('no value of any setting appears in a problem', () => {
    const names = Object.keys({ ...registered, ...local, ...cloud, PORT: '', HOST: '', DATABASE_URL: '' });
    const result = readSettings(Object.fromEntries(names.map((name) => [name, `${poison} not anything`])));
    const problems = result.ok ? [] : result.error;
    expect(problems.length).toBeGreaterThan(10);
    expect(describeProblems(problems)).not.toContain(poison);
  });

  test('a secret prints in no way but reveal()', () => {
    const secret = new Secret(poison);
    const holder = { secret };
    const prints = [
      secret.toString(),
      JSON.stringify(holder),
      inspect(holder, { depth: 9, showHidden: true }),
      String(secret),
    ];
    expect(prints.join()).not.toContain(poison);
    expect(JSON.stringify(structuredClone(holder))).not.toContain(poison);
    expect(JSON.parse(JSON.stringify(holder))).toEqual({ secret: '[secret]' });
    expect(secret.reveal()).toBe(poison);
  });

  test('the settings as a whole can be printed', () => {
    const url = `postgresql://u:${poison}@h/d`;
    const settings = read({ ...registered, MicrosoftAppPassword: poison, DATABASE_URL: url });
    expect(inspect(settings, { depth: 9 }) + JSON.stringify(settings)).not.toContain(poison);
  });
});

test('the message names each setting on its own line', () => {
  const text = describeProblems([
    { setting: 'PORT', says: 'is not a port', write: 'a port' },
    { setting: 'HOST', says: 'is missing', write: 'a host' },
  ]);
  expect(text.split('\n')).toEqual([
    "Keysmith can't start. 2 settings need a change (env/.env.dev explains each):",
    '  PORT is not a port. Write a port.',
    '  HOST is missing. Write a host.',
  ]);
});

test.each([
  ['https://smba.trafficmanager.net/emea/', true],
  ['https://smba.trafficmanager.net', true],
  ['https://SMBA.trafficmanager.net/amer/tenant/', true],
  ['https://in.example/teams/emea', true],
  ['https://in.example/teamsters', false],
  ['https://in.example/', false],
  ['http://smba.trafficmanager.net/emea/', false],
  ['https://smba.trafficmanager.net:8443/', false],
  ['https://smba.trafficmanager.net.evil.example/', false],
  ['https://smba.trafficmanager.net@evil.example/', false],
  ['https://user:pw@smba.trafficmanager.net/', false],
  ['nonsense', false],
])('the service URL %s is allowed: %s', (url, allowed) => {
  expect(isAllowedServiceUrl(['https://smba.trafficmanager.net', 'https://in.example/teams'], url)).toBe(
    allowed,
  );
});

function read(env: NodeJS.ProcessEnv): Settings {
  const result = readSettings(env);
  if (!result.ok) throw new Error(describeProblems(result.error));
  return result.value;
}

function wrong(env: NodeJS.ProcessEnv): string[] {
  const result = readSettings(env);
  return result.ok ? [] : result.error.map(({ setting, says }: SettingProblem) => `${setting} ${says}`);
}
