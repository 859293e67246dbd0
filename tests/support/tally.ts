/** How many checks and tests passed and failed. */
export type Tally = { passed: number; failed: number };

/** How a child process ended: `code` is null when a signal ended it, `late` says that its time was up. */
export type Ending = { code: number | null; late: boolean };

/** What is read of the file that `jest --json --outputFile` writes. */
export type JestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
};

/**
 * Counts one run of jest. Whatever is not a test that ran and passed is a failure: a suite that could
 * not be loaded, a skipped or planned test, a run without tests, without a report, or that ended badly.
 * @returns the counts, and one line for each failure that jest itself does not count as one
 */
export function tallyOfJest(report: JestReport | undefined, ending: Ending): Tally & { notes: string[] } {
  if (!report) return { passed: 0, failed: 1, notes: [`jest wrote no report (${how(ending)})`] };
  const extra: [number, string][] = [
    [report.numRuntimeErrorTestSuites, 'suites failed to run'],
    [report.numPendingTests, 'tests were skipped'],
    [report.numTodoTests, 'tests are still to be written'],
  ];
  const notes = extra.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const passed = report.numPassedTests;
  let failed = report.numFailedTests + extra.reduce((sum, [count]) => sum + count, 0);
  if (ending.late) {
    failed += 1;
    notes.push('jest did not end in time: something is left open');
  } else if (failed + passed === 0) {
    failed = 1;
    notes.push('there was not a single test');
  } else if (failed === 0 && ending.code !== 0) {
    failed = 1;
    notes.push(`every test passed, and yet jest failed (${how(ending)})`);
  }
  return { passed, failed, notes };
}

export function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

/** Does the jobs in order, `width` at a time, and adds up what they return. A job that throws has failed. */
export async function sum(width: number, jobs: (() => Promise<Tally>)[]): Promise<Tally> {
  const tallies: Tally[] = [];
  const queue = [...jobs];
  const work = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      const tally = await job().catch((error: unknown) => {
        console.error(error);
        return { passed: 0, failed: 1 };
      });
      tallies.push(tally);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return tallies.reduce(add, { passed: 0, failed: 0 });
}

function how({ code, late }: Ending): string {
  if (late) return 'its time was up';
  return code === null ? 'killed' : `exit code ${code}`;
}
