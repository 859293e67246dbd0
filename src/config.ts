/**
 * Every setting of the program, read once at the start. The list of them is config/schema.ts, what must
 * hold between them config/rules.ts, and what the program gets config/settings.ts.
 */
export { isLoopbackHost, isLoopbackUrl } from './config/loopback.ts';
export { nearest } from './config/nearest.ts';
export { loadEnvironment } from './config/environment.ts';
export { describeProblems, type SettingProblem } from './config/problems.ts';
export { readSettings } from './config/read.ts';
export { Secret } from './config/secret.ts';
export { isAllowedServiceUrl } from './config/serviceUrls.ts';
export type { BotApp, BotCloud, Settings } from './config/settings.ts';
