/** A test case as a CI system reads it; `failure` is undefined if it passed. */
export interface JunitCase {
  readonly name: string;
  readonly failure: string | undefined;
}

/** Reads JUnit's XML: the counts that the suite states, and its cases. */
export function readJunit(xml: string) {
  const suite = attributesOf(/<testsuite ([^>]*)>/.exec(xml)![1]!);
  const cases = [...xml.matchAll(/<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)];
  return {
    tests: Number(suite.tests),
    failures: Number(suite.failures),
    cases: cases.map(([, head, body]): JunitCase => {
      const failure = body === undefined ? undefined : /<failure ([^>]*)\/>/.exec(body)![1]!;
      return {
        name: attributesOf(head!).name!,
        failure: failure && attributesOf(failure).message,
      };
    }),
  };
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value!.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)),
    ]),
  );
}
