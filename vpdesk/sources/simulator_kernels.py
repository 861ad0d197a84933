"""The simulated session: the passing of time, and what lies behind the crowd.

Two clocks. The fast one draws the next action of the crowd from a self-exciting rate. The slow one,
every `SLOW_STEP_NS`, moves the phase of the market, the fair value that trades push the price towards,
walls, shocks and icebergs.

`market` is a `simulator.Market`, as in `venue_kernels`; the same rule of basic arithmetic holds.
"""

from vpdesk.jit import njit
from vpdesk.sources.crowd_kernels import (
    CROWD,
    FIRST_WALL,
    ICEBERG,
    ORDER_LOTS,
    QUIET,
    STUB,
    WILD,
    act,
    draw_appetite,
    event_rate,
    excite,
    pass_time,
)
from vpdesk.sources.venue_kernels import (
    ASK,
    BID,
    NOBODY,
    bell,
    below,
    change_price,
    exponential,
    place,
    uniform,
    withdraw,
)

# The largest number of records between two looks at the room left in `market.out`.
MAX_RECORDS_PER_TURN = 8_192

SLOW_STEP_NS = 10_000_000
SLOW_STEP_S = 0.01

# By phase: quiet, normal, trend, wild.
PHASE_VOLATILITY = (0.45, 0.85, 0.9, 2.0)  # of the fair value, ticks per root second
PHASE_DRIFT = (0.0, 0.03, 0.30, 0.15)  # ticks per second, either way
PHASE_DURATION_S = (35.0, 50.0, 35.0, 11.0)
NEXT_PHASE = (  # cumulative chances of quiet, normal, trend, wild
    (0.0, 0.70, 0.90, 1.0),
    (0.35, 0.35, 0.80, 1.0),
    (0.15, 0.70, 0.70, 1.0),
    (0.10, 0.55, 1.0, 1.0),
)

SHOCK_RATE = (0.001, 0.004, 0.008, 0.03)  # per second, by phase
MAX_TRAVEL = 2_000.0  # ticks from home: the ends of the ladder of levels are never near


@njit(nogil=True)
def run(market, end_ns):
    """Let market time pass until `end_ns`, or until `market.out` might not hold the next turn.

    Returns whether `end_ns` was reached; the last event may be a little later. Where a call stops has no
    influence on what happens.
    """
    state = market.state[0]
    while state.n_out + MAX_RECORDS_PER_TURN <= market.out.shape[0]:
        if state.clock >= end_ns:
            return True
        rate = event_rate(state)
        wait_ns = int(exponential(market.rng) / rate * 1e9) + 1
        if state.clock + wait_ns >= state.next_slow_step:
            wait_ns = max(state.next_slow_step - state.clock, 0)
            pass_time(state, wait_ns)
            state.next_slow_step += SLOW_STEP_NS
            drift_on(market)
            continue
        pass_time(state, wait_ns)
        # The rate only falls between events, so the draw above is thinned to the rate now.
        if uniform(market.rng) * rate < event_rate(state):
            act(market)
    return False


# ---- behind the crowd, every slow step ----


@njit(nogil=True)
def happens(rng, per_second):
    """Return whether something of that rate happens within this slow step."""
    return uniform(rng) < per_second * SLOW_STEP_S


@njit(nogil=True)
def drift_on(market):
    """Take one slow step."""
    change_phase(market)
    move_fair(market)
    for wall in range(market.walls.shape[0]):
        if market.walls[wall].stage != NO_WALL:
            tend_wall(market, wall)
    if happens(market.rng, 0.08):
        raise_wall(market)
    if happens(market.rng, 0.10):
        hide_iceberg(market)
    if happens(market.rng, 4.0):
        change_appetite(market)
    if happens(market.rng, SHOCK_RATE[market.state[0].phase]):
        start_shock(market)


@njit(nogil=True)
def change_phase(market):
    """Move between quiet, normal, trending and wild, and let a fright pass."""
    state = market.state[0]
    if state.clock >= state.fleeing_until:
        state.fleeing_side = 0
    if not happens(market.rng, 1.0 / PHASE_DURATION_S[state.phase]):
        return
    draw = uniform(market.rng)
    chances = NEXT_PHASE[state.phase]
    phase = QUIET
    while draw >= chances[phase] and phase < WILD:
        phase += 1
    state.phase = phase
    state.drift = PHASE_DRIFT[phase] * (1.0 if uniform(market.rng) < 0.5 else -1.0)


@njit(nogil=True)
def move_fair(market):
    """Move the fair value: diffusion, the phase's drift, a push if one is under way, a weak pull home."""
    state = market.state[0]
    state.fair += PHASE_VOLATILITY[state.phase] * 0.1 * bell(market.rng)  # 0.1: root of the step in seconds
    state.fair += (state.drift + (state.home - state.fair) * 0.002) * SLOW_STEP_S
    if state.clock >= state.push_from and state.push != 0.0:
        step = min(abs(state.push), state.push_speed * SLOW_STEP_S)
        step = step if state.push > 0.0 else -step
        state.fair += step
        state.push -= step
    # Trades cannot follow at any speed: do not let the fair value run away from the book.
    mid = 0.5 * (state.best_bid + state.best_ask)
    state.fair = min(max(state.fair, mid - 6.0), mid + 6.0)
    state.fair = min(max(state.fair, state.home - MAX_TRAVEL), state.home + MAX_TRAVEL)


@njit(nogil=True)
def push_fair(market, ticks, speed, delay_ns):
    """Send the fair value `ticks` away (signed), at `speed` ticks per second, after a delay."""
    state = market.state[0]
    state.push = ticks
    state.push_speed = speed
    state.push_from = state.clock + delay_ns


@njit(nogil=True)
def frighten(market, side, reach, duration_ns):
    """Make the crowd pull its quotes of `side`, `reach` levels deep, for a while."""
    state = market.state[0]
    state.fleeing_side = side
    state.fleeing_reach = reach
    state.fleeing_until = state.clock + duration_ns


@njit(nogil=True)
def start_shock(market):
    """Begin a fast move of 10 to 40 ticks: quotes in its way are pulled first, trades follow."""
    state = market.state[0]
    towards_home = 0.5 + (0.2 if state.home > state.fair else -0.2)
    side = BID if uniform(market.rng) < towards_home else ASK
    ticks = 10.0 + 7.0 * min(exponential(market.rng), 4.2)
    speed = 3.0 + 12.0 * uniform(market.rng) * uniform(market.rng)
    delay_ns = 120_000_000 + below(market.rng, 350_000_000)
    frighten(market, -side, 8 + below(market.rng, 12), delay_ns + int(ticks / speed * 0.6e9))
    push_fair(market, side * ticks, speed, delay_ns)
    excite(state, 60.0, 2_000.0)


@njit(nogil=True)
def change_appetite(market):
    """Let the crowd change its mind about one price near the market."""
    state = market.state[0]
    tick = (state.best_bid + state.best_ask) // 2 + below(market.rng, 241) - 120
    market.appetite[tick] = draw_appetite(market, tick)


@njit(nogil=True)
def hide_iceberg(market):
    """Rest an order that shows only part of its size, at the best price or just behind it."""
    state = market.state[0]
    side = BID if uniform(market.rng) < 0.5 else ASK
    best = state.best_bid if side == BID else state.best_ask
    shown = 5 + below(market.rng, 16)
    hidden = shown * (4 + below(market.rng, 20))
    place(market, side, best - side * below(market.rng, 4), shown, ICEBERG, hidden)


# ---- walls: large resting interest of one participant, in a few orders at one price ----

NO_WALL, BUILDING, STANDING, LEAVING = 0, 1, 2, 3


@njit(nogil=True)
def wall_owner(wall):
    """Return the owner number of a wall's orders."""
    return FIRST_WALL + wall


@njit(nogil=True)
def raise_wall(market):
    """Start a wall away from the market, if there is a free place for one. Round prices are preferred."""
    state = market.state[0]
    wall = 0
    while wall < market.walls.shape[0] and market.walls[wall].stage != NO_WALL:
        wall += 1
    if wall == market.walls.shape[0]:
        return
    side = BID if uniform(market.rng) < 0.5 else ASK
    best = state.best_bid if side == BID else state.best_ask
    tick = best - side * (5 + below(market.rng, 28))
    if uniform(market.rng) < 0.6:
        tick -= tick % 4
    if (best - tick) * side < 4:
        return
    holds = uniform(market.rng) < 0.5
    target = int(250.0 + 260.0 * exponential(market.rng))
    set_wall(market, wall, side, tick, min(target, 1500), holds)


@njit(nogil=True)
def set_wall(market, wall, side, tick, target_lots, holds):
    """Give a wall its place and character."""
    state = market.state[0]
    this = market.walls[wall]
    this.stage = BUILDING
    this.side = side
    this.tick = tick
    this.target_lots = target_lots
    this.holds = holds
    this.reloads = 1 + below(market.rng, 4) if holds else 0
    this.contact_s = 0.0
    this.patience_s = 4.0 + 14.0 * exponential(market.rng)
    lifetime_s = (60.0 if holds else 15.0) + (120.0 if holds else 35.0) * exponential(market.rng)
    this.leaves_at = state.clock + int(lifetime_s * 1e9)


@njit(nogil=True)
def tend_wall(market, wall):
    """Build a wall, keep it, move it, let it give way, or take it away."""
    state = market.state[0]
    this = market.walls[wall]
    best = state.best_bid if this.side == BID else state.best_ask
    distance = (best - this.tick) * this.side
    lots = market.owned_lots[wall_owner(wall)]
    if this.stage == LEAVING:
        pull_wall_orders(market, wall, 3)
        if market.owned_lots[wall_owner(wall)] == 0:
            this.stage = NO_WALL
        return
    if distance < 0:
        break_wall(market, wall)
    elif state.clock >= this.leaves_at or (not this.holds and distance < 2 + wall % 3):
        this.stage = LEAVING
    elif this.stage == BUILDING:
        if lots >= this.target_lots:
            this.stage = STANDING
        elif distance >= 1 and happens(market.rng, 9.0):
            stack_wall(market, wall)
    elif distance <= 1:
        defend_wall(market, wall, lots)
    elif distance > 3 and happens(market.rng, 0.01 if this.holds else 0.08):
        shift_wall(market, wall)


@njit(nogil=True)
def stack_wall(market, wall):
    """Add one order to a wall."""
    this = market.walls[wall]
    lots = 20 + below(market.rng, 30) + this.target_lots // 12
    place(market, this.side, this.tick, lots, wall_owner(wall), 0)


@njit(nogil=True)
def defend_wall(market, wall, lots):
    """Hold the price at a wall: reload, turn the market back, or give way when patience runs out."""
    state = market.state[0]
    this = market.walls[wall]
    limit = this.tick - 0.05 * this.side  # short of what makes trades urgent: they wear the wall down
    beyond = (limit - state.fair) * this.side
    if beyond > 0.0:
        state.fair = limit
        this.contact_s += SLOW_STEP_S * (1.0 + abs(state.push))
    if lots < this.target_lots // 2 and this.reloads > 0 and happens(market.rng, 6.0):
        this.reloads -= 1
        for _ in range(4):
            stack_wall(market, wall)
            pass_time(state, 20_000 + below(market.rng, 180_000))
    if this.contact_s > this.patience_s or lots < this.target_lots // 6:
        break_wall(market, wall)
    elif beyond > 0.0 and happens(market.rng, 0.30):
        bounce = 4.0 + 6.0 * exponential(market.rng)
        push_fair(market, this.side * min(bounce, 20.0), 1.0 + 3.0 * uniform(market.rng), 0)


@njit(nogil=True)
def break_wall(market, wall):
    """Give a wall up: what is left of it goes, and the price runs on through where it stood."""
    state = market.state[0]
    this = market.walls[wall]
    this.stage = LEAVING
    if this.holds:
        ticks = 6.0 + 5.0 * min(exponential(market.rng), 3.0)
        push_fair(market, -this.side * ticks, 5.0 + 12.0 * uniform(market.rng), 30_000_000)
        frighten(market, this.side, 8, 500_000_000)
        excite(state, 60.0, 1_000.0)


@njit(nogil=True)
def shift_wall(market, wall):
    """Move a whole wall by a tick or two."""
    state = market.state[0]
    this = market.walls[wall]
    tick = (
        this.tick + 1 + below(market.rng, 2)
        if uniform(market.rng) < 0.5
        else this.tick - 1 - below(market.rng, 2)
    )
    slot = first_wall_order(market, wall)
    while slot != NOBODY:
        change_price(market, slot, tick)
        pass_time(state, 8_000 + below(market.rng, 60_000))
        slot = first_wall_order(market, wall)
    this.tick = tick


@njit(nogil=True)
def pull_wall_orders(market, wall, n_orders):
    """Cancel up to so many orders of a wall."""
    for _ in range(n_orders):
        slot = first_wall_order(market, wall)
        if slot == NOBODY:
            return
        withdraw(market, slot)
        pass_time(market.state[0], 20_000 + below(market.rng, 400_000))


@njit(nogil=True)
def first_wall_order(market, wall):
    """Return the oldest order of a wall, or NOBODY."""
    slot = market.levels[market.walls[wall].tick].head
    while slot != NOBODY and market.orders[slot].owner != wall_owner(wall):
        slot = market.orders[slot].next
    return slot


# ---- the start ----


@njit(nogil=True)
def open_market(market, tick):
    """Fill an empty book around `tick`, long ago, in an order that leaves old and young side by side.

    Needs room in `market.out` for all of it.
    """
    state = market.state[0]
    state.best_bid, state.best_ask = tick - 1, tick
    for near in range(market.appetite.shape[0]):
        market.appetite[near] = draw_appetite(market, near)
    for parent in range(market.parent_sides.shape[0]):
        market.parent_sides[parent] = BID if uniform(market.rng) < 0.5 else ASK
    place_stubs(market)
    for layer in range(120):
        for distance in range(market.profile.shape[0]):
            for side in (BID, ASK):
                at = tick - 1 - distance if side == BID else tick + distance
                if layer < int(market.profile[distance] * market.appetite[at] + uniform(market.rng)):
                    state.clock += 1_000 + below(market.rng, 500_000_000)
                    place(market, side, at, ORDER_LOTS[below(market.rng, 32)], CROWD, 0)


@njit(nogil=True)
def place_stubs(market):
    """Place orders far from the market, which stay: no side can ever be empty."""
    state = market.state[0]
    for nth in range(60):
        distance = 500 + nth * 60 + below(market.rng, 60)
        place(market, BID, state.best_bid - distance, 1 + below(market.rng, 5), STUB, 0)
        place(market, ASK, state.best_ask + distance, 1 + below(market.rng, 5), STUB, 0)
        state.clock += 1_000_000_000
