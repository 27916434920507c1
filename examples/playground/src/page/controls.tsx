import { memo, useEffect, useRef, useState } from 'react';
import type { ComponentType, ReactElement } from 'react';
import { RUN_LASTS, SHOPPERS, SPEEDS, hashOf } from '../scenario/scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { troubles } from '../scenario/troubles.ts';
import type { Playback, PlaybackState } from './playback.ts';

interface ControlsProps {
  readonly playback: Playback;
  readonly scenario: Scenario;
}

/** Pixels of the row that stay visible before the pressed button. */
const EDGE = 48;

/** What can go wrong: one big button for what everybody fears, and one for each of the others. */
export const TroublePicker: ComponentType<ControlsProps> = memo(function TroublePicker({
  playback,
  scenario: { trouble },
}: ControlsProps): ReactElement {
  const [first, ...others] = troubles;
  const row = useRef<HTMLDivElement>(null);
  // On a phone they are one row to be swiped, and the pressed one may be beyond its edge.
  useEffect(() => {
    const pressed = row.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    row.current?.scrollTo({ left: (pressed?.offsetLeft ?? 0) - row.current.offsetLeft - EDGE });
  }, [trouble]);
  return (
    <div className="troubles" role="group" aria-label="What goes wrong">
      <button
        type="button"
        className="first"
        aria-pressed={trouble === first?.name}
        onClick={() => playback.choose({ trouble: 'outage' })}
      >
        Show an outage
      </button>
      <div className="others" ref={row}>
        {others.map(({ name, label }) => (
          <button
            key={name}
            type="button"
            aria-pressed={trouble === name}
            onClick={() => playback.choose({ trouble: name })}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  );
});

interface ChoiceProps<T> {
  readonly legend: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  onChoose(value: T): void;
}

function Choice<T extends string | number>({
  legend,
  options,
  value,
  onChoose,
}: ChoiceProps<T>): ReactElement {
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={legend}
            checked={option.value === value}
            onChange={() => onChoose(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** With which client, and for how many. */
export const Settings: ComponentType<ControlsProps> = memo(function Settings({
  playback,
  scenario: { client, shoppers },
}: ControlsProps): ReactElement {
  return (
    <div className="settings">
      <Choice
        legend="Client"
        options={[
          { value: 'apollo', label: 'Apollo' },
          { value: 'urql', label: 'urql' },
        ]}
        value={client}
        onChoose={(value) => playback.choose({ client: value })}
      />
      <Choice
        legend="Shoppers"
        options={SHOPPERS.map((value) => ({ value, label: String(value) }))}
        value={shoppers}
        onChoose={(value) => playback.choose({ shoppers: value })}
      />
    </div>
  );
});

interface TransportProps {
  readonly playback: Playback;
  readonly state: PlaybackState;
}

/** Plays, stops, goes to any moment. */
export function Transport({ playback, state }: TransportProps): ReactElement {
  const { at, playing, speed, recordings } = state;
  const over = at >= RUN_LASTS;
  const seconds = `${(at / 1_000).toFixed(1)} of ${RUN_LASTS / 1_000} s`;
  return (
    <div className="transport" role="group" aria-label="The run">
      <button
        type="button"
        className="play"
        disabled={recordings === undefined}
        onClick={() => playback.toggle()}
      >
        {playing ? 'Pause' : over ? 'Replay' : 'Play'}
      </button>
      <input
        type="range"
        aria-label="Moment of the run"
        aria-valuetext={seconds}
        min={0}
        max={RUN_LASTS}
        step={100}
        value={at}
        onChange={({ target }) => playback.seek(target.valueAsNumber)}
      />
      <output aria-live="off">{seconds}</output>
      <Choice
        legend="Speed"
        options={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
        value={speed}
        onChoose={(value) => playback.setSpeed(value)}
      />
    </div>
  );
}

interface RunLinkProps extends ControlsProps {
  readonly speed: number;
}

/** The run as an address: whoever opens it sees the same numbers. */
export const RunLink: ComponentType<RunLinkProps> = memo(function RunLink({
  playback,
  scenario,
  speed,
}: RunLinkProps): ReactElement {
  const [said, setSaid] = useState('');
  const hash = hashOf({ scenario, speed });
  const { seed } = scenario;
  const copy = (): void => {
    navigator.clipboard.writeText(new URL(hash, location.href).href).then(
      () => setSaid('Copied.'),
      () => setSaid('This browser does not let a page copy; take the link’s address.'),
    );
  };
  return (
    <p className="run-link">
      <a href={hash} data-testid="run-link">
        Link to this run
      </a>
      <button type="button" onClick={copy}>
        Copy
      </button>
      <button type="button" onClick={() => playback.choose({ seed: (seed % 999_999) + 1 })}>
        Other latencies
      </button>
      <span role="status">{said}</span>
    </p>
  );
});
