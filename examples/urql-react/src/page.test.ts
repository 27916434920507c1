import { describeJourney } from '../../../tests/examples/journey.ts';

describeJourney('examples/urql-react');
