package org.anabranch.launcher;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Whether someone has asked the process to stop. The first SIGTERM (or SIGINT) asks: what is under
 * way is finished. The second one ends the process at once, which is safe too: a run that dies
 * commits nothing, or is finished by the next one.
 */
final class Stop {

  private static final int ABANDONED = 143;

  private final CountDownLatch asked = new CountDownLatch(1);

  /** Listens to the signals from now on. */
  static Stop onSignals() {
    Stop stop = new Stop();
    stop.listenTo("TERM");
    stop.listenTo("INT");
    return stop;
  }

  /**
   * Replaces the reaction to a signal. A shutdown hook would not do: those of the engines run
   * beside it and end what is under way. The class is not part of Java's standard, hence the
   * reflection; without it, the signal ends the process as always.
   */
  private void listenTo(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              Stop.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  ask();
                  return null;
                }

                return switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  default -> name;
                };
              });
      Object instance = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, instance, ours);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException notHere) {
      // The signal ends the process at once, as the second one does.
    }
  }

  /** Asks to stop; the second time ends the process. */
  void ask() {
    if (asked.getCount() == 0) {
      Runtime.getRuntime().halt(ABANDONED);
    }

    asked.countDown();
  }

  boolean isAsked() {
    return asked.getCount() == 0;
  }

  /** Waits until someone asks, or the time has passed. */
  void await(Duration most) {
    try {
      var unused = asked.await(Math.max(0, most.toNanos()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      asked.countDown();
    }
  }
}
