import { describeJourney } from '../../../tests/examples/journey.ts';

describeJourney('examples/apollo-react');
