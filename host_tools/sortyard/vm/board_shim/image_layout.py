"""Where a virtual board's state stands in the array that guest and host share. The host parses this file, too."""

IN_LEVELS = 0  # bit n: level at pin n, as the chip's input register shows it
OUT_LEVELS = 1  # bit n: what the guest drives pin n to
OUT_ENABLED = 2  # bit n: pin n is an output
SLEEP_US = 3  # how long the guest wants to sleep
IRQ_PIN = 4  # pin whose handler is to run, NO_PIN, or COUNT_HEAP: say how much is allocated
WDT_MS = 5  # time-out of the watchdog, 0 while there is none
WDT_FED = 6  # how often it was fed
LINK_WAITING = 7  # bytes that standard input has
IRQ_EDGES = 8  # 32 pins: 1 rising, 2 falling
PIO_XY = 40  # 8 state machines: X, Y
UART_ROW = 56  # 4 UARTs: received (host), read (guest), sent (guest), is sending (host)
UART_FIELDS = 4
WOKEN_US = 72  # the time at which the guest was let go
IS_FRESH = 73  # nothing has been executed since then
SPI_SENT = 74  # 2 SPI buses: how often a chain of outputs was latched
CALLS = (
    76  # how often each shim below was called since the host looked: its cost is the shim's, not a board's
)
WOKEN_US = 72  # the time at which the guest was let go
IS_FRESH = 73  # nothing has been executed since then
SPI_SENT = 74  # 2 SPI buses: how often a chain of outputs was latched
ALLOCATED = 76  # bytes of the heap in use
PWM_CHANGES = 77  # how often a pulse output was set since power-up
I2C_ADDRESS = (
    78  # a transfer on an I2C bus: device, register, bytes (negative: to be read), 1 when nobody answers
)
I2C_REGISTER = 79
I2C_BYTES = 80
I2C_FAILED = 81
PWM_FREQ = 96  # 32 pins: pulses a second
PWM_DUTY = 128  # 32 pins: 0 to 65535
ADC_LEVEL = 160  # 32 pins: 0 to 65535
PCNT_VALUE = 192  # 4 pulse counters
PIO_PUT = 196  # 8 state machines: words put (guest), words taken (host), a ring of 4
PIO_PUT_FIELDS = 6
CALLS = 244  # how often each shim below was called: its cost is the shim's, not a board's
CALL_READ = 244  # of the input port
CALL_WRITE = 245
CALL_IRQ = 246
CALL_PIN = 247  # a level is read
CALL_UART = 248
CALL_BYTE = 249  # a byte that a UART's shim copies
CALL_LATCH = 250  # a chain of inputs is latched, besides the pin's level
CALL_SHIFT = 251  # a byte that an SPI bus's shim copies
CALL_TICKS = 252
CALL_FRESH = 253  # the time right behind a sleep
CALL_SLEEP = 254
CALL_POLL = 255
CALL_SET = 256
CALL_HOLD = 257  # a chain of outputs is latched, besides its bytes and the pin's level
CALL_FIFO = 258  # a state machine's FIFO is read
CALL_TRANSFER = 259  # an SPI bus, besides its bytes
KINDS = 16
SCRATCH = 260  # register of the watchdog that outlives a reset
SIZE = 262
UART_BYTES = 1024  # ring of bytes, each way
I2C_BUFFER = 32  # most bytes of a transfer
SPI_BYTES = 16  # of a chain, each way: what its inputs see, what its outputs hold
NO_PIN = -1
COUNT_HEAP = -2
