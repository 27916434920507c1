import { noRetries } from './policies/no-retries.ts';
import { awsStandard } from './policies/aws-standard.ts';
import { exchangeRetry } from './policies/exchange-retry.ts';
import { grpc } from './policies/grpc.ts';
import { retryLink } from './policies/retry-link.ts';
import { recoveryOf } from './goals.ts';
import type { Policy } from './policy.ts';
import type { Results } from './results.ts';
import { lasted, percent } from './table.ts';

/** What to know if one has a minute. */
export function summary(results: Results): string {
  const perOperation = (id: string, from: number, to: number, policy?: Policy) =>
    results
      .of(id, policy)
      .measures.requestsPerOperation(from * 1_000, to * 1_000)
      .toFixed(2);
  const back = (id: string, policy?: Policy): string => lasted(recoveryOf(results.of(id, policy)));
  const busiest = (policy?: Policy): string =>
    percent(results.of('hint-1-tab', policy).measures.busiestReturn);
  const early = results.of('hint-1-tab').measures.early;
  const instances = results.of('hint-1-tab').scenario.population.simulated.toLocaleString('en');
  return [
    `- **Outage.** A busy server process sends ${perOperation('unavailable-60-process', 50, 80)} requests for each operation (RetryLink ${perOperation('unavailable-60-process', 50, 80, retryLink)}, exchange-retry ${perOperation('unavailable-60-process', 50, 80, exchangeRetry)}). Tabs begin with ${perOperation('unavailable-60-tab', 20, 25)}, until their budgets are spent, and send ${perOperation('unavailable-60-tab', 70, 80)} at the end of a minute (RetryLink ${perOperation('unavailable-60-tab', 70, 80, retryLink)}).`,
    `- **Half of all requests fail.** ${perOperation('failing-50-process', 30, 60)} requests for each operation (RetryLink ${perOperation('failing-50-process', 30, 60, retryLink)}). With a fifth failing, ${percent(results.of('failing-20-process').measures.failureShare(30_000, 60_000))} of operations fail in the end; three attempts cannot do better than 0.8 %.`,
    `- **Everybody is told to wait for a second.** Before it come ${early} requests of ${instances} clients. The busiest 100 ms bring ${busiest()} of them (AWS ${busiest(awsStandard)}, gRPC ${busiest(grpc)}).`,
    `- **The server is slow for a minute.** Normal load ${back('slow-60-tab')} after its end, as without any retries (${back('slow-60-tab', noRetries)}; RetryLink ${back('slow-60-tab', retryLink)}, exchange-retry ${back('slow-60-tab', exchangeRetry)}).`,
    `- **Where it falls short.** When a server drowns in stale work for 15 to 20 s, a million tabs that repeat every 504 have retries enough to hold it under: ${back('slow-15-tab')} after 15 s and ${back('slow-20-tab')} after 20 s, where clients without retries take ${back('slow-15-tab', noRetries)} and ${back('slow-20-tab', noRetries)}. And where nothing listens at all, a process tries to connect ${perOperation('refused-60-process', 50, 80)} times for each operation.`,
  ].join('\n');
}

/** How the numbers on the page come about. */
export function method(results: Results): string {
  const standing = (id: string): string => {
    const { clients, simulated } = results.of(id).scenario.population;
    return `${simulated.toLocaleString('en')} instances, each of which stands for ${clients / simulated}`;
  };
  const hinted = results.of('hint-2-tab').scenario.population.simulated.toLocaleString('en');
  const million = results.of('hint-1-tab').scenario.population.simulated.toLocaleString('en');
  return `- Time is virtual: one queue of events is the clock of every client, and nothing waits. Promises are let settle before time moves on.
- Holdfast is the built core, one \`createResilience\` for each client, with its defaults and the clock and random numbers handed in. A tab has the budget that the core gives to a page in a browser (capacity 100), a process the one of a server (500). The others are functions of a few lines after the published code, one state for each client.
- A client is a browser's tab that asks every 5 s on average, at random instants, whatever became of its last question. A million of them are simulated as ${standing('slow-20-tab')}; for limits and tokens as ${standing('limit-10-tab')}. The server is smaller in proportion. Where requests fail by chance alone, ${results.of('failing-20-tab').scenario.population.simulated.toLocaleString('en')} are enough.
- After the common hint of one second ${million} instances of Holdfast are there, in turns, since they do not meet each other; for the other hints and policies it is ${hinted}. These tabs ask every 20 s.
- Server processes send 100 queries a second each, one instance for each; ${results.of('slow-20-process').scenario.population.simulated} of them.
- The server does half as much again as the normal load, in order. 15 s of work fit into its queue, more gets a 503 at once. Whoever has waited for 10 s gets a 504 from the gateway, and the work is done all the same. A request travels for 30 to 70 ms.
- "Normal load again" is the end of the last second in which more than 110 % of the normal load arrived (and four standard deviations) or more than 1 % was answered badly. Recoveries are compared to the second.
- "Operations failed" is what a user sees fail, over the whole storm.
- "Before a hint" are requests of a client that has been told to wait, whichever of its operations they are for; in real clients, not instances.
- Arrivals, server and each client draw from streams of their own, so that all policies meet the same operations at the same instants.`;
}

export const LIMITS = `- Clients do not react to failure: nobody reloads a page, and nobody goes away. Queries only: no mutations, no subscriptions.
- The network is no bottleneck and loses nothing. A request reaches the server in the instant in which it is sent.
- One instance for many clients is exact for averages, and makes chance look larger than it is.
- The peers are what their algorithms say, not their code. gRPC reads no Retry-After: here it is taken as gRPC's own pushback. The ErrorLink recipe and exchange-auth have no retries for the token endpoint, and here they have none either; so they make fewer calls, and more operations fail.
- \`sessionStorage\` keeps a tab's budget over reloads; no tab is reloaded here. Tabs share nothing: with \`browserShare\` those of one browser would make one token call between them.
- The numbers of server and clients are chosen, not measured. Another headroom, queue or patience moves every recovery; less headroom makes each of them longer.`;
