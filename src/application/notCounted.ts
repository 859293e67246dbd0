import type { SignInRefusal } from './ports/signIns.ts';

type Words = Readonly<{ says: string; remedy: string }>;

const again = 'Press the button again and sign in when you are asked to.';
const tell = 'Tell whoever runs Keysmith; then press the button again.';

/** What somebody is told whose sign-in doesn't count: what happened, what is true, what to do. */
export const signInWords: Readonly<Record<SignInRefusal, Words>> = {
  notASignIn: {
    says: 'What came as your sign-in is none that Microsoft Entra has signed, so your vote was not counted.',
    remedy: again,
  },
  signInForAnotherApp: {
    says: 'Your sign-in was made for another app than Keysmith, so your vote was not counted.',
    remedy: `The app registration and its connection don’t fit together. ${tell}`,
  },
  signInOfAnotherTenant: {
    says: 'Your sign-in is not of the organisation that you act in, so your vote was not counted.',
    remedy: 'Sign in with the account that you use Teams with here, then press the button again.',
  },
  signInOfSomebodyElse: {
    says: 'The sign-in is another person’s than the one who pressed the button, so the vote was not counted.',
    remedy: 'Sign in with the account that you use Teams with here, then press the button again.',
  },
  signInExpired: {
    says: 'Your sign-in has expired, so your vote was not counted.',
    remedy: again,
  },
  signInNotValidYet: {
    says: 'Your sign-in is not valid yet: a clock is wrong. Your vote was not counted.',
    remedy: tell,
  },
  signInWithoutTime: {
    says: 'Your sign-in doesn’t say when you signed in, so nobody can tell that it is fresh. Your vote was not counted.',
    remedy: `The app registration must ask for the optional claim auth_time in access tokens. ${tell}`,
  },
  signInUsedBefore: {
    says: 'This sign-in was used for a vote before, and each counts once. Your vote was not counted.',
    remedy: again,
  },
  signInUnverifiable: {
    says: 'Microsoft Entra’s keys could not be fetched, so nobody can verify your sign-in. Your vote was not counted.',
    remedy: 'Press the button again in a moment.',
  },
  signInNotSetUp: {
    says: 'The policy asks for a sign-in here, and this bot has no app registration to sign in to. Your vote was not counted.',
    remedy: tell,
  },
};
