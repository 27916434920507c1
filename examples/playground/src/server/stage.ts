import { randomUUID } from 'node:crypto';
import { clientNames, forEachClient } from '../clients/names.ts';
import type { ClientName, ForEachClient } from '../clients/names.ts';
import type { Spell } from '../trouble/faults.ts';
import { troubleOf } from '../trouble/troubles.ts';
import type { TroubleName } from '../trouble/troubles.ts';
import { startApi } from './api.ts';
import type { Api } from './api.ts';
import type { ServerCounts, StageOpened, StageState } from './state.ts';

/** The four servers of one page. Whatever befalls one befalls all, at the same instant. */
export interface Stage {
  readonly opened: StageOpened;
  state(): StageState;
  /** Makes trouble. @param anew whether the counts begin anew. */
  begin(name: TroubleName, anew: boolean): void;
  /** Ends all that lasts. */
  clear(): void;
  /** Is told when a trouble begins or ends. */
  onChange: () => void;
  close(): Promise<void>;
}

function difference(now: ServerCounts, then: ServerCounts): ServerCounts {
  return {
    requests: now.requests - then.requests,
    tokenCalls: now.tokenCalls - then.tokenCalls,
    placedTwice: now.placedTwice - then.placedTwice,
  };
}

/** Retry-After knows whole seconds only, so the spell of a limit ends on one. */
function spellOf(name: TroubleName, lasts: number): Spell {
  const from = Date.now();
  const until = from + lasts;
  return { name, from, until: name === 'limit-hint' ? Math.ceil(until / 1_000) * 1_000 : until };
}

async function startApis(): Promise<ForEachClient<Api>> {
  const started = await Promise.all(
    clientNames.map(async (name) => [name, await startApi()] as const),
  );
  return Object.fromEntries(started) as Record<ClientName, Api>;
}

export async function openStage(): Promise<Stage> {
  const apis = await startApis();
  const all = Object.values(apis);
  const spells = new Map<TroubleName, { readonly spell: Spell; readonly end: NodeJS.Timeout }>();
  const counts = (): ForEachClient<ServerCounts> => forEachClient((name) => apis[name].counts());
  let base = counts();

  function apply(): void {
    const current = [...spells.values()].map(({ spell }) => spell);
    for (const api of all) api.suffer(current);
    stage.onChange();
  }

  function end(name: TroubleName): void {
    clearTimeout(spells.get(name)?.end);
    spells.delete(name);
  }

  function last(name: TroubleName, lasts: number): void {
    end(name);
    const spell = spellOf(name, lasts);
    const over = (): void => {
      end(name);
      apply();
    };
    spells.set(name, { spell, end: setTimeout(over, spell.until - Date.now()) });
  }

  const stage: Stage = {
    opened: { id: randomUUID(), servers: forEachClient((name) => apis[name].addresses) },
    state: () => ({
      counts: forEachClient((name) => difference(apis[name].counts(), base[name])),
      active: [...spells.values()].map(({ spell }) => ({
        name: spell.name,
        left: Math.max(0, spell.until - Date.now()),
      })),
    }),
    begin(name, anew) {
      if (anew) base = counts();
      const { lasts } = troubleOf(name);
      if (lasts !== undefined) last(name, lasts);
      for (const api of all) {
        if (name === 'expire' || name === 'token-endpoint') api.expireTokens();
        if (name === 'revoke') api.revokeTokens();
      }
      apply();
    },
    clear() {
      for (const name of spells.keys()) end(name);
      apply();
    },
    onChange: () => {},
    async close() {
      for (const name of spells.keys()) end(name);
      await Promise.all(all.map((api) => api.close()));
    },
  };
  return stage;
}
