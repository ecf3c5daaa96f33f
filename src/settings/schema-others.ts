/** Settings of telling, guards and brokers. Of parts that are not built yet the form is checked. */
import { amount, onOff, oneOf, percent, seconds, text, timeOfDay, whole } from './kinds.ts'
import type { Setting } from './setting.ts'
import { maybe, secret, setting } from './setting.ts'

const GUARDS = 'the market guard'
const KOTAK = 'Kotak Neo'
const MT5 = 'MetaTrader 5'

const wordless = text(/^[^\s\p{Cc}]{1,512}$/u, 'a text without spaces')

export const OTHERS_SETTINGS = {
  'eod_cleanup.enabled': setting(onOff, 'on', {
    env: 'EOD_CLEANUP_ENABLED',
    does: 'whether the day is closed on schedule',
  }),
  'eod_cleanup.target_time': setting(timeOfDay, '18:00', {
    env: 'EOD_CLEANUP_TIME',
    unit: 'time of day, India',
    does: 'when',
  }),
  'eod_cleanup.stale_order_hours': setting(whole(1, 720), '24', {
    env: 'EOD_STALE_ORDER_HOURS',
    unit: 'hours',
    does: 'an order that works for longer is called stale',
  }),
  'eod_cleanup.stale': setting(oneOf('keep', 'cancel'), 'keep', {
    env: 'EOD_STALE_ORDERS',
    does: 'whether stale orders are only named, or cancelled at the broker',
  }),
  'guards.enabled': setting(onOff, 'on', {
    env: 'TALLYMAN_GUARDS',
    does: 'whether an account without guards begins with the one that the next lines describe',
  }),
  'guards.max_drawdown_percent': setting(percent, '20', {
    env: 'MAX_DRAWDOWN_PERCENT',
    unit: 'per cent',
    does: 'below the highest equity by so much, everything is closed',
  }),
  'guards.drawdown_alert_threshold_percent': setting(percent, '15', {
    env: 'DRAWDOWN_ALERT_THRESHOLD_PERCENT',
    unit: 'per cent',
    does: 'by so much, people are warned',
  }),
  'guards.min_equity_gbp': setting(amount, '100', {
    env: 'MIN_EQUITY_GBP',
    unit: 'pounds',
    does: 'with less equity, everything is closed; of accounts in pounds',
  }),
  'guards.min_equity': maybe(amount, {
    env: 'MIN_EQUITY',
    unit: 'money',
    does: 'the same, in the currency of the account, where that is another',
  }),
  'guards.pre_liquidation_warning_seconds': setting(seconds(0, 3_600), '10', {
    env: 'PRE_LIQUIDATION_WARNING_SECONDS',
    unit: 'seconds',
    does: 'between the announcement and the closing',
  }),
  'guards.price_gap_alert_percent': setting(percent, '5', {
    env: 'PRICE_GAP_ALERT_PERCENT',
    unit: 'per cent',
    does: 'between the last close and an open, from which on a position is marked',
    awaits: GUARDS,
  }),
  'guards.liquidity_check_enabled': setting(onOff, 'on', {
    env: 'LIQUIDITY_CHECK_ENABLED',
    does: 'whether spread and volume are looked at',
    awaits: GUARDS,
  }),
  'guards.bid_ask_spread_max_percent': setting(percent, '0.5', {
    env: 'BID_ASK_SPREAD_MAX_PERCENT',
    unit: 'per cent of the bid',
    does: 'a wider spread is too wide',
    awaits: GUARDS,
  }),
  'guards.min_liquidity_volume_lots': setting(whole(0, 1_000_000), '10', {
    env: 'MIN_LIQUIDITY_VOLUME_LOTS',
    unit: 'lots',
    does: 'less volume is too little',
    awaits: GUARDS,
  }),
  'kotak.consumer_key': secret(wordless, {
    env: 'KOTAK_CONSUMER_KEY',
    does: 'of the application',
    awaits: KOTAK,
  }),
  'kotak.consumer_secret': secret(wordless, {
    env: 'KOTAK_CONSUMER_SECRET',
    does: 'of the application',
    awaits: KOTAK,
  }),
  'kotak.mobile_number': secret(text(/^\+?\d{10,15}$/, 'a number such as +919876543210'), {
    env: 'KOTAK_MOBILE_NUMBER',
    does: 'registered with the broker',
    awaits: KOTAK,
  }),
  'kotak.password': secret(text(/^\P{Cc}{1,512}$/u, 'a text of one line'), {
    env: 'KOTAK_PASSWORD',
    does: 'of the account',
    awaits: KOTAK,
  }),
  'kotak.totp_secret': secret(
    text(/^[A-Za-z2-7 ]{8,256}=*$/, 'a secret in base 32, of letters and the digits 2 to 7,'),
    {
      env: 'KOTAK_TOTP_SECRET',
      does: 'from which the second factor is computed',
      awaits: KOTAK,
    },
  ),
  'kotak.mpin': secret(text(/^\d{4,6}$/, 'a number of four to six digits'), {
    env: 'KOTAK_MPIN',
    does: 'of the account',
    awaits: KOTAK,
  }),
  'kotak.environment': setting(oneOf('prod', 'uat'), 'prod', {
    env: 'KOTAK_ENVIRONMENT',
    does: 'which of the broker’s two worlds',
    awaits: KOTAK,
  }),
  'mt5.check_interval_seconds': setting(seconds(1, 3_600), '10', {
    env: 'TALLYMAN_MT5_CHECK_INTERVAL',
    unit: 'seconds',
    does: 'between two comparisons with the terminal’s book',
    awaits: MT5,
  }),
  'mt5.accounts_at_once': setting(whole(1, 100), '5', {
    env: 'TALLYMAN_MT5_ACCOUNTS_AT_ONCE',
    unit: 'accounts',
    does: 'compared side by side',
    awaits: MT5,
  }),
  'mt5.quantity_tolerance_percent': setting(percent, '5', {
    env: 'TALLYMAN_MT5_TOLERANCE_PERCENT',
    unit: 'per cent',
    does: 'by which a quantity may differ and still match',
    awaits: MT5,
  }),
} as const satisfies Readonly<Record<string, Setting<unknown>>>
