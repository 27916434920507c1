// A reporter for vitest, for `verify`: which tests passed, which did not, and whether anything failed outside
// of tests. Written to the file that HOLDFAST_TEST_REPORT names.
import { writeFileSync } from 'node:fs';

export default class TestReport {
  /** @param unhandled errors that no test has caught: rejections of promises that nobody held, mostly. */
  onTestRunEnd(modules, unhandled) {
    const tests = modules.flatMap((module) => {
      const file = module.relativeModuleId;
      const named = (title) =>
        `${[module.project.name, file].filter(Boolean).join(' ')} > ${title}`;
      const own = [...module.children.allTests()].map((test) => ({
        file,
        name: named(test.fullName),
        state: test.result().state,
      }));
      // What fails where a file is loaded, or in a hook, is in no test.
      const isFailed = module.state() === 'failed' && own.every(({ state }) => state !== 'failed');
      return isFailed ? [...own, { file, name: named('the file itself'), state: 'failed' }] : own;
    });
    writeFileSync(
      process.env.HOLDFAST_TEST_REPORT,
      JSON.stringify({ tests, unhandled: unhandled.length }),
    );
  }
}
