/**
 * Rule sets as data, each with where it was read and when. Firms change theirs often, and their own
 * pages contradict each other: what is not proven says so, and nobody should trust it unread.
 */
import type { Outline, Preset } from './guard-presets.ts'

const READ = '2026-11'
/** Where a firm's server has midnight: two hours ahead of UTC, three in summer. */
const SERVER = 'Europe/Athens'
const CENTRAL = 'Europe/Prague'

const firm = (
  proof: Preset['proof'],
  [name, title, source]: readonly [string, string, string],
  note: string,
  rules: readonly Outline[],
): Preset => ({ name, title, source, read: READ, proof, note, rules })

export const PRESETS: readonly Preset[] = [
  {
    name: 'drawdown',
    title: 'From the highest equity: warned at 15 %, closed at 20 % after ten seconds',
    source: 'MAX_DRAWDOWN_PERCENT and its companions',
    read: READ,
    proof: 'own',
    note: 'The settings change its figures. The smallest equity is in the account’s currency.',
    rules: [
      {
        name: 'drawdown-warning',
        base: 'highest-equity',
        percent: '15',
        of: 'base',
        consequence: 'warn',
      },
      {
        name: 'drawdown',
        base: 'highest-equity',
        percent: '20',
        of: 'base',
        consequence: 'liquidate',
        delayMs: 10_000,
      },
      { name: 'min-equity', base: 'fixed', isMinimum: true, consequence: 'liquidate' },
    ],
  },
  firm(
    'documented',
    ['ftmo-2-step', 'FTMO 2-Step', 'academy.ftmo.com: maximum daily loss, maximum loss'],
    'A loss carried over midnight counts against the next day too: it is warned of an hour ahead.',
    [
      {
        name: 'daily-loss',
        base: 'balance-at-reset',
        percent: '5',
        reset: [CENTRAL, '00:00'],
        consequence: 'terminate',
      },
      { name: 'max-loss', base: 'initial', percent: '10', consequence: 'terminate' },
    ],
  ),
  firm(
    'documented',
    ['end-of-day-trailing', 'FTMO 1-Step, overall', 'ftmo.com/au/?p=1671'],
    'It rises with the best end of a day; what is reached within a day does not count.',
    [
      {
        name: 'max-loss',
        base: 'highest-day-end-balance',
        percent: '10',
        reset: [CENTRAL, '00:00'],
        consequence: 'terminate',
      },
    ],
  ),
  firm(
    'unproven',
    ['intraday-trailing', 'Trailing tick by tick', 'several third parties; no firm’s own page'],
    'It rises with every new high of the live equity, and stops at the initial capital.',
    [
      {
        name: 'max-loss',
        base: 'highest-equity',
        percent: '5',
        lockPercent: '0',
        consequence: 'terminate',
      },
    ],
  ),
  firm(
    'unproven',
    ['fundednext-2-step', 'FundedNext Stellar 2-Step', 'help.fundednext.com 8394309, 9941519'],
    'Pages differ on whether the day’s gains widen the daily limit: here they do not.',
    [
      {
        name: 'daily-loss',
        base: 'balance-at-reset',
        percent: '5',
        reset: [SERVER, '00:00'],
        consequence: 'terminate',
      },
      { name: 'max-loss', base: 'initial', percent: '10', consequence: 'terminate' },
    ],
  ),
  firm(
    'unproven',
    ['the5ers-high-stakes', 'The5ers High Stakes', 'help.the5ers.com: max loss'],
    'The page names two clocks for the reset; the server’s is used.',
    [
      {
        name: 'daily-loss',
        base: 'higher-at-reset',
        percent: '5',
        of: 'base',
        reset: [SERVER, '00:00'],
        consequence: 'terminate',
      },
      { name: 'max-loss', base: 'initial', percent: '10', consequence: 'terminate' },
    ],
  ),
  firm(
    'unproven',
    ['the5ers-pause', 'The5ers Hyper Growth', 'fundedwiki, a third party'],
    'The day is over, the account is not.',
    [
      {
        name: 'daily-pause',
        base: 'higher-at-reset',
        percent: '3',
        of: 'base',
        reset: [SERVER, '00:00'],
        consequence: 'pause',
      },
    ],
  ),
  firm(
    'documented',
    ['alpha-capital', 'Alpha Capital, daily', 'help.alphacapitalgroup.uk 6934210'],
    'A loss carried over midnight uses up the next day’s allowance.',
    [
      {
        name: 'daily-loss',
        base: 'balance-at-reset',
        percent: '5',
        of: 'base',
        reset: [SERVER, '00:00'],
        consequence: 'terminate',
      },
    ],
  ),
  firm(
    'documented',
    ['bem-funding', 'BEM Funding Classic, daily', 'bemfunding: frequently asked questions'],
    'Equity or balance, whichever is worse.',
    [
      {
        name: 'daily-loss',
        base: 'higher-at-reset',
        percent: '4.5',
        reset: ['UTC', '22:00'],
        measure: 'either',
        consequence: 'terminate',
      },
    ],
  ),
  firm(
    'unproven',
    ['fintokei', 'Fintokei ProTrader, daily', 'dev.fintokei.com'],
    'A developers’ page.',
    [
      {
        name: 'daily-loss',
        base: 'equity-at-reset',
        percent: '5',
        of: 'base',
        reset: [SERVER, '00:00'],
        consequence: 'terminate',
      },
    ],
  ),
  firm(
    'documented',
    ['breakout', 'Breakout, funded, daily', 'intercom.help/breakoutprop'],
    'Four or five per cent by the kind of account: here four.',
    [
      {
        name: 'daily-loss',
        base: 'balance-at-reset',
        percent: '4',
        of: 'base',
        reset: ['UTC', '00:30'],
        consequence: 'terminate',
      },
    ],
  ),
  firm(
    'documented',
    ['my-funded-capital', 'MyFundedCapital', 'support.myfundedcapital 9083308, 9083313'],
    'Trails the closed balance, and stops at the initial capital.',
    [
      {
        name: 'daily-loss',
        base: 'balance-at-reset',
        percent: '5',
        of: 'base',
        reset: ['America/New_York', '17:00'],
        consequence: 'terminate',
      },
      {
        name: 'max-loss',
        base: 'highest-balance',
        percent: '6',
        lockPercent: '0',
        consequence: 'terminate',
      },
    ],
  ),
  firm(
    'documented',
    ['topstep-50k', 'Topstep $50K, maximum loss', 'help.topstep.com 8284204'],
    'The page gives the formula in dollars, which are 4 % of 50,000.',
    [
      {
        name: 'max-loss',
        base: 'highest-day-end-balance',
        percent: '4',
        lockPercent: '0',
        reset: ['America/Chicago', '17:00'],
        consequence: 'terminate',
      },
    ],
  ),
  firm(
    'unproven',
    ['upside-funding', 'Upside Funding, daily', 'the firm’s documents'],
    'Of the highest equity; whether that of the day or of all days the page does not say.',
    [
      {
        name: 'daily-loss',
        base: 'highest-equity',
        percent: '4',
        of: 'base',
        consequence: 'terminate',
      },
    ],
  ),
]
