import { make, makeSubject, pipe, subscribe } from 'wonka';
export function s0(mode: string) {
  return (input: any) => (operations$: any) =>
    make<any>(({ next }) => {
      const below = makeSubject<any>();
      const results = pipe(input.forward(below.source), subscribe((result: any) => {
        const own = result.operation.context._holdfast;
        if (own === undefined) return next(result);
        if (mode === 'raw') return next(result);
        next({ ...result, operation: own.run, hasNext: result.hasNext });
      }));
      const operations = pipe(operations$, subscribe((operation: any) => {
        if (mode === 'raw' || operation.kind === 'teardown') return below.next(operation);
        const number = 1;
        below.next({ ...operation, context: { ...operation.context, fetch: (a: any) => [a, number, operation], fetchOptions: { headers: { authorization: 'x' } }, _holdfast: { run: operation, number } } });
      }));
      return () => { operations.unsubscribe(); results.unsubscribe(); };
    });
}
