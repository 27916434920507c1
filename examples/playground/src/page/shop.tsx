import { ResilienceProvider, ResilienceStatus } from '@holdfast/react';
import { useEffect, useMemo } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { OperationRecord, Recording } from '../run/recording.ts';
import { VISITS } from '../scenario/scenario.ts';
import { ShownResilience } from './shown-resilience.ts';

/** With a line drawing of each, 24 by 24. */
const PRODUCTS = [
  {
    name: 'Anchor',
    price: 120,
    drawing:
      'M12 8v13M12 8a2.5 2.5 0 1 1 .01 0M8 11h8M4 14c0 4 4 7 8 7s8-3 8-7M2.500 16 4 14l2.500 1M21.500 16 20 14l-2.500 1',
  },
  {
    name: 'Buoy',
    price: 45,
    drawing:
      'M12 3a9 9 0 1 1-.01 0M12 8a4 4 0 1 1-.01 0M9.200 9.200 5.600 5.600M14.800 9.200l3.600-3.600M9.200 14.800l-3.600 3.600M14.800 14.800l3.600 3.600',
  },
  {
    name: 'Rope, 20 m',
    price: 28,
    drawing: 'M4 7c0-5 16-5 16 0s-16 5-16 0M4 7v5c0 5 16 5 16 0V7M4 12v5c0 5 16 5 16 0v-5',
  },
] as const;

type Shown = 'none' | 'loading' | OperationRecord['outcome'];

/** What a part of the app shows: what became of the newest operation that it asked for. */
function newestOf(operations: readonly OperationRecord[], name: string, at: number): Shown {
  return shownOf(
    operations.findLast((each) => each.name === name && each.at <= at),
    at,
  );
}

function shownOf(operation: OperationRecord | undefined, at: number): Shown {
  if (operation === undefined || operation.at > at) return 'none';
  return operation.end > at ? 'loading' : operation.outcome;
}

interface ShopProps {
  readonly recording: Recording;
  readonly at: number;
  /** What it is called for a screen reader. */
  readonly label: string;
}

/** The app, as the first of its users sees it. */
export function Shop({ recording, at, label }: ShopProps): ReactElement {
  const operations = recording.operations.filter(({ shopper }) => shopper === 0);
  const signedIn =
    recording.signIns.findLast((each) => each.shopper === 0 && each.at <= at)?.signedIn ?? true;
  const products = newestOf(operations, 'Products', at);
  const cart = newestOf(operations, 'Cart', at);
  return (
    <div className="shop" role="group" aria-label={label}>
      <div className="shop-bar">
        <b>Chandler’s</b>
        <Standing recording={recording} at={at} />
      </div>
      <ul className="products" data-shown={products}>
        {PRODUCTS.map(({ name, price, drawing }) => (
          <li key={name}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d={drawing} />
            </svg>
            <span className="product-name">{name}</span>
            <span>€ {price}</span>
          </li>
        ))}
        {products === 'failed' && <Broken>The list could not be loaded</Broken>}
      </ul>
      <p className="cart" data-shown={cart}>
        {cart === 'failed' ? (
          <span className="broken">Cart not loaded</span>
        ) : (
          <>
            <span>Cart: 2 items</span>
            <span>{cart === 'partial' ? '€ ?' : '€ 165'}</span>
          </>
        )}
      </p>
      <OrderButton shown={newestOf(operations, 'PlaceOrder', at)} signedIn={signedIn} />
      <Orders recording={recording} operations={operations} at={at} />
    </div>
  );
}

function Broken({ children }: { readonly children: ReactNode }): ReactElement {
  return <li className="broken">{children}</li>;
}

/** A picture of a button: it is pressed by the shopper of the run. */
function OrderButton({
  shown,
  signedIn,
}: {
  readonly shown: Shown;
  readonly signedIn: boolean;
}): ReactElement {
  if (!signedIn)
    return (
      <p className="order" data-shown="signed-out">
        Sign in to order
      </p>
    );
  const words = shown === 'loading' ? 'Ordering …' : shown === 'failed' ? 'Order failed' : 'Order';
  return (
    <p className="order" data-shown={shown}>
      {words}
    </p>
  );
}

function Standing({ recording, at }: Pick<ShopProps, 'recording' | 'at'>): ReactElement | null {
  const shown = useMemo(
    () => (recording.standings.length === 0 ? undefined : new ShownResilience(recording)),
    [recording],
  );
  useEffect(() => shown?.moveTo(at), [shown, at]);
  if (shown === undefined) return null;
  return (
    <ResilienceProvider resilience={shown.resilience}>
      {/* While a run is played it would be read out ten times faster than it is lived through. */}
      <ResilienceStatus className="standing" aria-hidden="true" />
    </ResilienceProvider>
  );
}

const ORDER_SIGNS = { none: '', loading: '…', answered: '✓', partial: '✓', failed: '✕' } as const;

const ORDER_WORDS = {
  none: 'not yet placed',
  loading: 'under way',
  answered: 'placed',
  partial: 'placed',
  failed: 'failed',
} as const;

/** A place for each order of the run, and what became of it. */
function Orders({
  recording: { placedTwice },
  operations,
  at,
}: {
  readonly recording: Recording;
  readonly operations: readonly OperationRecord[];
  readonly at: number;
}): ReactElement {
  const asked = operations.filter(({ kind }) => kind === 'mutation');
  return (
    <ol className="orders" aria-label="Orders">
      {Array.from({ length: VISITS }, (_, index) => {
        const order = asked[index];
        const more = placedTwice.filter(
          ({ number, at: placed }) => number === order?.number && placed <= at,
        ).length;
        const shown = shownOf(order, at);
        const words = more > 0 ? `placed ${more + 1} times` : ORDER_WORDS[shown];
        return (
          <li key={index} data-shown={more > 0 ? 'twice' : shown}>
            <span aria-hidden="true">{more > 0 ? `${more + 1}×` : ORDER_SIGNS[shown]}</span>
            <span className="unseen">{`Order ${index + 1}: ${words}`}</span>
          </li>
        );
      })}
    </ol>
  );
}
