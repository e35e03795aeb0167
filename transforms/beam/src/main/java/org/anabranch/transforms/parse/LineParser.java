package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.JsonReadContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * A JSON parser for one UTF-8 line after the other. To create a parser costs about as much as to
 * read the 600 bytes of an ordinary line, so that this one starts over instead; it keeps its
 * buffers and the names it knows.
 */
final class LineParser extends UTF8StreamJsonParser {

  /** The byte order mark of UTF-8, which some editors write at the start of a file. */
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final JsonReadContext root;

  private LineParser(IOContext context, int features, ByteQuadsCanonicalizer names) {
    super(context, features, null, null, names, new byte[0], 0, 0, 0, false);
    root = _parsingContext;
  }

  /** Creates a parser that stands at the end of nothing. */
  static LineParser create() {
    try {
      return (LineParser) new LineFactory().createParser(new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException("a parser of no bytes cannot be created", e);
    }
  }

  /** Starts over, before the first token of a slice; a byte order mark is skipped. */
  LineParser start(byte[] bytes, int from, int length) {
    boolean marked =
        length >= MARK.length
            && Arrays.equals(bytes, from, from + MARK.length, MARK, 0, MARK.length);
    _inputBuffer = bytes;
    _inputPtr = marked ? from + MARK.length : from;
    _inputEnd = from + length;
    _currInputProcessed = -from;
    _currInputRow = 1;
    _currInputRowStart = from;
    _tokenIncomplete = false;
    _currToken = null;
    _nextToken = null;
    _closed = false;
    _nameCopied = false;
    _numTypesValid = NR_UNKNOWN;
    root.reset(JsonStreamContext.TYPE_ROOT, 1, 0);
    _parsingContext = root;
    return this;
  }

  /**
   * Checks that nothing but white space is left.
   *
   * @throws JsonParseException where something is
   */
  void expectEnd() throws JsonParseException {
    for (int i = _inputPtr; i < _inputEnd; i++) {
      byte c = _inputBuffer[i];
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
        throw new JsonParseException(this, "text after the value");
      }
    }
  }

  private static final class LineFactory extends JsonFactory {

    private static final long serialVersionUID = 1;

    LineFactory() {
      super(
          new JsonFactoryBuilder()
              .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNumberLength(Integer.MAX_VALUE).build()));
    }

    @Override
    protected LineParser _createParser(byte[] data, int offset, int len, IOContext context) {
      return new LineParser(
          context, _parserFeatures, _byteSymbolCanonicalizer.makeChild(_factoryFeatures));
    }
  }
}
